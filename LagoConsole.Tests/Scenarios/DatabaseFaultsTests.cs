using System.Data.Common;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Xunit;

namespace LagoConsole.Tests.Scenarios;

/// <summary>The database goes away, is full, or lets nobody write: whatever a run was doing, nothing is lost or billed twice.</summary>
public sealed class DatabaseFaultsTests : IAsyncDisposable
{
    private readonly DatabaseOutage _database = new();
    private readonly ConsoleWorld _world;

    public DatabaseFaultsTests() => _world = new ConsoleWorld(database: new TestDatabase(interceptors: _database));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_database_that_goes_away_for_a_minute_at_any_moment_of_a_run_costs_time_only()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        long used = 0;
        int broken = 0;
        for (int uses = 0; ; uses++)
        {
            _world.Use(100);
            used += 200; // 2.00 USD
            _world.MoveTo(NextHour);
            _database.GoesAwayAfter(uses, DatabaseOutage.CannotOpen);
            broken += await BreaksAsync(integration) ? 1 : 0;
            bool wentAway = _database.WasAway;
            _database.IsBack();

            await GoOnAsync(integration);
            Assert.Equal((uses, used), (uses, _world.Billed));
            if (!wentAway)
            {
                break; // the whole run needs the database no more often than that
            }
        }

        Assert.True(broken > 30, $"Only {broken} runs were broken.");
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_fault_that_passes_is_not_even_noticed_unless_it_meets_a_commit()
    {
        Assert.NotEmpty(_world.Database.File); // what passes is a fault of SQLite here
        (Guid integration, _, _) = await _world.SetUpAsync();
        long used = 0;
        int whole = 0;
        for (int uses = 0; ; uses++)
        {
            _world.Use(100);
            used += 200;
            _world.MoveTo(NextHour);
            _database.GoesAwayAfter(uses, RetriesLikeSqlServer.Passing, uses: 1);
            bool broke = await BreaksAsync(integration);
            bool wentAway = _database.WasAway;
            bool metCommit = _database.MetCommit;
            _database.IsBack();

            Assert.False(broke && !metCommit, $"The run broke off at use {uses}, which is no commit.");
            whole += broke ? 0 : 1;
            await GoOnAsync(integration);
            Assert.Equal((uses, used), (uses, _world.Billed));
            if (!wentAway)
            {
                break;
            }
        }

        Assert.True(whole > 20, $"Only {whole} runs were whole.");
        await _world.AssertBalancedAsync();
    }

    [Theory]
    [InlineData("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1073741823", "full")] // SQLite takes the present size for the least
    [InlineData("PRAGMA query_only = 1", "PRAGMA query_only = 0", "readonly")]
    public async Task A_disk_that_is_full_or_read_only_stops_the_runs_and_not_the_pages_and_all_is_billed_once_it_is_mended(string fault, string mended, string told)
    {
        Assert.NotEmpty(_world.Database.File); // SQLite itself is told to fail
        (Guid integration, _, _) = await _world.SetUpAsync();
        long used = 0;
        List<string> failures = [];
        _database.Tells(fault);
        for (int hour = 0; hour < 40 && failures.Count < 3; hour++)
        {
            _world.Use(100);
            used += 200;
            _world.MoveTo(NextHour);
            try
            {
                await _world.PollAsync(integration);
                failures.AddRange((await _world.ReportAsync()).Failures);
            }
            catch (Exception exception) when (exception is DbException or DbUpdateException or CommitUnknownException)
            {
                failures.Add($"{exception.Message} {exception.InnerException?.Message}");
            }

            Assert.NotEmpty((await _world.Get<UsageQueries>().ListAsync(new UsageFilter(), 0, 10, Stop)).Rows);
        }

        Assert.Contains(failures, failure => failure.Contains(told, StringComparison.Ordinal));

        _database.Tells(mended);
        await GoOnAsync(integration);
        _world.MoveTo(NextHour);
        await GoOnAsync(integration);
        Assert.Equal(used, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    /// <summary>Its minute five.</summary>
    private DateTimeOffset NextHour => ReportingWindow.FloorToHour(_world.Now).AddHours(1).AddMinutes(5);

    private async Task<bool> BreaksAsync(Guid integration)
    {
        try
        {
            PollOutcome poll = await _world.PollAsync(integration);
            ReportOutcome report = await _world.ReportAsync();
            return poll.Failures.Count > 0 || report.Failures.Count > 0;
        }
        catch (Exception exception) when (exception is DbException or DbUpdateException or CommitUnknownException or InvalidOperationException)
        {
            return true;
        }
    }

    /// <summary>What the schedule does: the leases of the broken run end, and the next runs go on.</summary>
    private async Task GoOnAsync(Guid integration)
    {
        _world.MoveTo(_world.Now.AddMinutes(15));
        await _world.PollAsync(integration);
        for (int run = 0; run < 3; run++)
        {
            Assert.Empty((await _world.ReportAsync()).Failures);
            _world.MoveTo(_world.Now.AddMinutes(1));
        }
    }

    /// <summary>Stands between the console and its database and lets it fail as SQLite does, from one of its uses on.</summary>
    private sealed class DatabaseOutage : IDbCommandInterceptor, IDbTransactionInterceptor, IDbConnectionInterceptor
    {
        /// <summary>Of SQLite: the file cannot be opened.</summary>
        public const int CannotOpen = 14;

        private int _left = int.MaxValue;
        private int _failures;
        private int _code;
        private string? _pragma;

        public bool WasAway { get; private set; }

        public bool MetCommit { get; private set; }

        public void GoesAwayAfter(int left, int code, int uses = int.MaxValue)
        {
            (_left, _code, _failures) = (left, code, uses);
            (WasAway, MetCommit) = (false, false);
        }

        public void IsBack() => _left = int.MaxValue;

        /// <summary>Each connection is told this from now on.</summary>
        public void Tells(string pragma) => _pragma = pragma;

        public Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            if (_pragma is not null)
            {
                using DbCommand command = connection.CreateCommand();
                command.CommandText = _pragma;
                command.ExecuteScalar();
            }

            return Task.CompletedTask;
        }

        public ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            Use();
            return ValueTask.FromResult(result);
        }

        public ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            Use();
            return ValueTask.FromResult(result);
        }

        /// <summary>The commit does not arrive.</summary>
        public ValueTask<InterceptionResult> TransactionCommittingAsync(
            DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            Use(isCommit: true);
            return ValueTask.FromResult(result);
        }

        /// <summary>The commit arrives, its answer does not.</summary>
        public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            Use(isCommit: true);
            return Task.CompletedTask;
        }

        private void Use(bool isCommit = false)
        {
            if (_left == int.MaxValue || --_left >= 0 || _failures-- <= 0)
            {
                return;
            }

            WasAway = true;
            MetCommit |= isCommit;
            throw new SqliteException("The database does not answer.", _code);
        }
    }
}
