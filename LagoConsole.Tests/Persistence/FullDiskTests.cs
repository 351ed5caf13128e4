using System.Data.Common;
using System.Globalization;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Sandbox.Lago;
using LagoConsole.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SQLitePCL;
using Xunit;

namespace LagoConsole.Tests.Persistence;

/// <summary>
/// SQLite itself says that the disk is full, in the middle of the rows that a poll writes by prepared statements: past EF Core, so that
/// no interceptor of commands could say it there (<see cref="DatabaseFaultTests"/> has all other statements).
/// </summary>
public sealed class FullDiskTests : IAsyncDisposable
{
    private const int Metrics = 60;

    private readonly Disk _disk = new();
    private readonly ConsoleWorld _world;

    public FullDiskTests() => _world = new ConsoleWorld(database: new TestDatabase(interceptors: _disk));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static IEnumerable<string> Codes => Enumerable.Range(1, Metrics).Select(number => string.Create(CultureInfo.InvariantCulture, $"metric_{number:00}"));

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    /// <param name="pages">How many pages of 4 KiB are still free: the first rows fit.</param>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(8)]
    public async Task A_disk_that_fills_up_between_two_rows_of_a_poll_leaves_none_of_them_and_the_next_run_stores_all_once(int pages)
    {
        Assert.NotEmpty(_world.Database.File); // it is SQLite's disk
        Guid integration = await SetUpAsync();
        Use(10);
        await _world.NextHourAsync(integration);
        Assert.Equal(1_200m, _world.Billed); // 60 metrics × 10 units × 2 cents
        Use(30);
        _world.MoveTo(_world.Now.AddHours(1));
        Stored before = await StoredAsync();

        _disk.Fill(await PagesAsync() + pages);
        PollOutcome outcome = await _world.PollAsync(integration);

        Assert.InRange(_disk.RowsInLastTry, 1, (2 * Metrics) - 1); // of a snapshot and an increment for each metric
        PollFailure failure = Assert.Single(outcome.Failures);
        Assert.Equal(
            "A row could not be written: SQLite Error 13: 'database or disk is full'. Nothing of this subscription was stored; the next run tries again.", failure.Sentence);
        Assert.Equal(before, await StoredAsync());
        await _world.ReportAsync();
        Assert.Equal(1_200m, _world.Billed);
        await _world.AssertBalancedAsync();

        _disk.Empty();
        await _world.PollAsync(integration);
        Assert.Equal(
            new Stored(before.Snapshots + Metrics, before.Increments + Metrics, 4_800), // 60 metrics × 40 units × 2 cents
            await StoredAsync());
        await _world.ReportAsync();
        await _world.NextHourAsync(integration); // nothing comes twice
        Assert.Equal(4_800m, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    private async Task<Guid> SetUpAsync()
    {
        List<LagoCharge> charges = [];
        foreach (string code in Codes)
        {
            _world.Sandbox.Save(new LagoMetric(code, code, LagoAggregation.Sum));
            charges.Add(new LagoCharge { Code = code, MetricCode = code, Model = LagoChargeModel.Standard, Amount = 0.02m });
        }

        _world.Sandbox.Save(new LagoPlan("wide", "Wide", "USD", 0, LagoInterval.Monthly, PayInAdvance: false, charges));
        _world.Sandbox.AddCustomer(new LagoCustomer("cus_wide", "Wide"));
        _world.Sandbox.AddSubscription("cus_wide", "wide-1", "wide", startsAt: new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero));
        Guid integration = await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(await _world.ProductAsync(metrics: [.. Codes]));
        await _world.LinkAsync(buyer, integration, customer: "cus_wide");
        await _world.TurnOnAsync(integration);
        return integration;
    }

    private void Use(decimal units)
    {
        foreach (string code in Codes)
        {
            _world.Use(units, code, "wide-1");
        }
    }

    private async Task<Stored> StoredAsync()
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return new Stored(await db.UsageSnapshots.CountAsync(Stop), await db.UsageIncrements.CountAsync(Stop), await db.HighWaterMarks.SumAsync(mark => mark.AmountMinor, Stop));
    }

    /// <summary>After the room that is free within the file was given back: all of the poll's rows might fit there.</summary>
    private async Task<long> PagesAsync()
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        await db.Database.ExecuteSqlRawAsync("VACUUM", Stop);
        return await db.Database.SqlQueryRaw<long>("SELECT page_count AS Value FROM pragma_page_count").SingleAsync(Stop);
    }

    private sealed record Stored(int Snapshots, int Increments, long MarksMinor);

    /// <summary>Tells each connection how large the database may become, and counts the rows that SQLite takes until it refuses one.</summary>
    private sealed class Disk : DbConnectionInterceptor
    {
        private const long Endless = 1_073_741_823; // SQLite's own default

        private long _pages = Endless;
        private int _rows;

        /// <summary>Each try of the step begins on a connection that was just opened.</summary>
        public int RowsInLastTry { get; private set; }

        public void Fill(long pages) => _pages = pages;

        public void Empty() => _pages = Endless;

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Tell((SqliteConnection)connection);

        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            Tell((SqliteConnection)connection);
            return Task.CompletedTask;
        }

        private void Tell(SqliteConnection connection)
        {
            _rows = 0;
            raw.sqlite3_update_hook(connection.Handle, Take, null); // a trigger would have SQLite take back another part than it does without one
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "PRAGMA max_page_count = " + _pages.ToString(CultureInfo.InvariantCulture);
            command.ExecuteNonQuery();
        }

        private void Take(object user, int type, utf8z database, utf8z table, long row)
        {
            if (type == raw.SQLITE_INSERT && table.utf8_to_string() is "UsageSnapshots" or "UsageIncrements")
            {
                RowsInLastTry = ++_rows;
            }
        }
    }
}
