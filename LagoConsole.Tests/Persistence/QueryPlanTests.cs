using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.RegularExpressions;
using LagoConsole.Core.Books;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Overview;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Waiting;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Xunit;

namespace LagoConsole.Tests.Persistence;

/// <summary>
/// What the jobs ask each hour, and what a page asks of one thing, is found by an index, however large the books have grown.
/// SQLite's own plans are read; both databases have the same indexes.
/// </summary>
public sealed partial class QueryPlanTests : IAsyncDisposable
{
    /// <summary>They grow with each hour; the others with each buyer.</summary>
    private static readonly string[] Growing =
    [
        "AuditEntries", "Attempts", "BillingPeriods", "HighWaterMarks", "RecordLinks", "RecordReadings", "UsageIncrements", "UsageReadings",
        "UsageRecordGroups", "UsageRecords", "UsageSnapshots",
    ];

    private readonly Recorder _asked = new();
    private readonly ConsoleWorld _world;

    public QueryPlanTests() => _world = new ConsoleWorld(database: new TestDatabase(interceptors: _asked));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task No_job_of_the_hour_reads_a_growing_table_from_end_to_end()
    {
        (Guid integration, _, _) = await _world.SetUpAsync(metrics: ["api_calls"]);
        _asked.Begin();
        await LiveAsync(integration);

        Assert.True(_asked.Commands.Count > 40, $"Only {_asked.Commands.Count} commands were seen.");
        AssertNoScan();
    }

    [Fact]
    public async Task No_page_of_one_thing_reads_a_growing_table_from_end_to_end()
    {
        (Guid integration, Guid buyer, _) = await _world.SetUpAsync(metrics: ["api_calls"]);
        await LiveAsync(integration);
        Guid mark, record, group;
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            mark = await db.HighWaterMarks.Select(row => row.Id).FirstAsync(Stop);
            record = await db.UsageRecords.Select(row => row.Id).FirstAsync(Stop);
            group = await db.UsageRecordGroups.Select(row => row.Id).FirstAsync(Stop);
        }

        _asked.Begin();
        await _world.Get<UsageQueries>().FindAsync(mark, 0, 50, Stop);
        await _world.Get<RecordQueries>().FindAsync(record, Stop);
        await _world.Get<RecordQueries>().FindGroupAsync(group, Stop);
        await _world.Get<BuyerQueries>().FindAsync(buyer, Stop);
        await _world.Get<WaitingQueries>().ListRoutesAsync(buyer, Stop);
        await _world.Get<HeldMoney>().FindAsync(mark, Stop);

        AssertNoScan();
    }

    [Fact]
    public async Task What_waits_and_what_is_held_is_found_without_what_is_done()
    {
        (Guid integration, _, _) = await _world.SetUpAsync(metrics: ["api_calls"]);
        await LiveAsync(integration);

        _asked.Begin();
        await _world.Get<WaitingQueries>().CountAsync(Stop); // each page shows it
        await _world.Get<WaitingQueries>().SummariseAsync(Stop);
        await _world.Get<WaitingQueries>().ListAsync(new WaitingFilter(), 0, 50, Stop);
        await _world.Get<HeldMoney>().ListAsync(new HeldFilter(), 0, 50, Stop);
        foreach (UsageView view in (UsageView[])[UsageView.Waiting, UsageView.Suspended, UsageView.Held, UsageView.AboveFinal])
        {
            await _world.Get<UsageQueries>().ListAsync(new UsageFilter(View: view), 0, 25, Stop);
        }

        await _world.Get<UsageQueries>().SumAboveFinalAsync(Stop);

        AssertNoScan();
    }

    /// <summary>Keys and records are many; a page of them must not wait for all to be sorted.</summary>
    [Fact]
    public async Task The_first_page_of_a_long_list_is_read_in_the_order_of_an_index()
    {
        (Guid integration, _, _) = await _world.SetUpAsync(metrics: ["api_calls"]);
        await LiveAsync(integration);

        _asked.Begin();
        await _world.Get<UsageQueries>().ListAsync(new UsageFilter(), 0, 25, Stop);
        List<string> buyers = Steps(statement => statement.Contains("FROM \"Buyers\"", StringComparison.Ordinal));
        List<string> keys = Steps(statement => statement.Contains("ORDER BY", StringComparison.Ordinal) && statement.Contains("json_each(@ids)", StringComparison.Ordinal));
        _asked.Begin();
        await _world.Get<RecordQueries>().ListAsync(new RecordFilter(), 0, 25, Stop);
        List<string> records = Steps(statement => statement.Contains("ORDER BY", StringComparison.Ordinal) && statement.Contains("NOT IN", StringComparison.Ordinal));

        Assert.Contains(buyers, step => step.Contains("USING INDEX IX_Buyers_Name", StringComparison.Ordinal));
        Assert.Contains(keys, step => step.Contains("IX_BillingPeriods_BuyerId_State (BuyerId=?)", StringComparison.Ordinal));
        Assert.Contains(keys, step => step.Contains("IX_HighWaterMarks_PeriodId_MetricCode_Currency (PeriodId=?)", StringComparison.Ordinal));
        Assert.Contains(records, step => step.Contains("USING INDEX IX_UsageRecords_SlotHour_Id", StringComparison.Ordinal) || step.Contains("USING COVERING INDEX IX_UsageRecords_SlotHour_Id", StringComparison.Ordinal));
        Assert.DoesNotContain("USE TEMP B-TREE FOR ORDER BY", buyers.Concat(records)); // the last parts of an order may be
    }

    /// <summary>A hundred thousand records of an hour go in four thousand calls, each of which takes the most urgent ones.</summary>
    [Fact]
    public async Task What_a_call_takes_next_is_found_without_sorting_all_that_is_due()
    {
        (Guid integration, _, _) = await _world.SetUpAsync(metrics: ["api_calls"]);
        _world.Use(100);
        await _world.PollAsync(integration);
        _world.MoveTo(_world.Now.AddHours(1));
        _asked.Begin();
        await _world.ReportAsync();

        Assert.True(_world.Billed > 0);
        List<string> steps = Steps(statement => statement.Contains("UsageRecords", StringComparison.Ordinal) && statement.Contains("BatchKey\" = @", StringComparison.Ordinal));
        Assert.Equal(2, steps.Count(step => step.Contains("IX_UsageRecords_Due (BatchKey=? AND Deadline>?)", StringComparison.Ordinal)));
        Assert.DoesNotContain("USE TEMP B-TREE FOR ORDER BY", steps);
        Assert.Contains(
            Steps(statement => statement.Contains("MIN(", StringComparison.Ordinal) && statement.Contains("BatchKey\" > @", StringComparison.Ordinal)),
            step => step.Contains("IX_UsageRecords_Due (BatchKey>?)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_records_come_to_is_added_up_from_an_index_in_which_each_sum_stands_together()
    {
        (Guid integration, _, _) = await _world.SetUpAsync(metrics: ["api_calls"]);
        await LiveAsync(integration);

        _asked.Begin();
        await _world.Get<RecordQueries>().AddUpAsync(new RecordFilter(), Stop);
        List<string> all = Steps();
        _asked.Begin();
        await _world.Get<RecordQueries>().AddUpAsync(new RecordFilter("Acme"), Stop);
        List<string> found = Steps();

        Assert.Contains(all, step => step.Contains("USING COVERING INDEX IX_UsageRecords_Sums", StringComparison.Ordinal));
        Assert.DoesNotContain(all, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
        Assert.Contains(found, step => step.Contains("USING COVERING INDEX IX_UsageRecords_OfMeter (MeterId=?)", StringComparison.Ordinal));
    }

    /// <summary>A meter and an integration have a year of increments, of which all but the last are on records.</summary>
    [Fact]
    public async Task Open_money_is_found_by_being_open_and_not_among_all_that_was_counted()
    {
        (Guid integration, _, _) = await _world.SetUpAsync(metrics: ["api_calls"]);
        await LiveAsync(integration);
        _asked.Begin();
        _world.Use(100);
        await _world.NextHourAsync(integration);

        using SqliteConnection connection = Open();
        List<string> steps = [.. Plans(connection).Select(plan => plan.Step).Where(step => step.Contains("IX_UsageIncrements_", StringComparison.Ordinal))];
        Assert.Contains(steps, step => step.Contains("IX_UsageIncrements_IntegrationId_IsOpen_GroupId (IntegrationId=? AND IsOpen=? AND GroupId=?)", StringComparison.Ordinal));
        Assert.Contains(steps, step => step.Contains("IX_UsageIncrements_MeterId_IsOpen_MeterSequence (MeterId=? AND IsOpen=?)", StringComparison.Ordinal));
        Assert.DoesNotContain(steps, step => step.Contains("(IntegrationId=?)", StringComparison.Ordinal) || step.Contains("(MeterId=?)", StringComparison.Ordinal));
    }

    /// <summary>An hour of a large console has a hundred thousand records, and the overview adds up a month of them.</summary>
    [Fact]
    public async Task What_was_counted_and_billed_in_a_time_is_added_up_from_indexes_alone()
    {
        (Guid integration, _, _) = await _world.SetUpAsync(metrics: ["api_calls"]);
        await LiveAsync(integration);
        using FlowLedger ledger = new();

        _asked.Begin();
        await new OverviewQueries(_world.Database, ledger, _world.Get<WaitingQueries>(), _world.Get<HeldMoney>(), _world.Clock).LoadAsync([], Stop);
        List<string> overview = Steps();
        _asked.Begin();
        await new BooksQueries(_world.Database, _world.Clock).AddUpAsync(Stop);
        List<string> books = Steps();

        Assert.Contains(overview, step => step.Contains("USING COVERING INDEX IX_UsageIncrements_Seen (SeenAt>? AND SeenAt<?)", StringComparison.Ordinal));
        Assert.Contains(overview, step => step.Contains("USING COVERING INDEX IX_UsageRecords_Settled (State=? AND SettledAt>? AND SettledAt<?)", StringComparison.Ordinal));
        Assert.Contains(books, step => step.Contains("USING COVERING INDEX IX_UsageIncrements_Seen", StringComparison.Ordinal));
        Assert.Contains(books, step => step.Contains("USING COVERING INDEX IX_UsageRecords_Sums", StringComparison.Ordinal));
        Assert.DoesNotContain(
            "USE TEMP B-TREE FOR GROUP BY",
            Steps(statement => statement.Contains("UsageRecords", StringComparison.Ordinal) && statement.Contains("OutcomeAssumed", StringComparison.Ordinal)));
    }

    /// <summary>Several hundred at once: each chunk of them going through what is open of all would cost the square of their number.</summary>
    [Fact]
    public async Task What_is_known_of_some_customers_is_found_by_them_and_not_among_all()
    {
        (Guid integration, Guid buyer, _) = await _world.SetUpAsync(metrics: ["api_calls"]);
        _world.Use(100);
        await _world.PollAsync(integration);
        BuyerLink link;
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            link = await db.BuyerLinks.SingleAsync(row => row.BuyerId == buyer, Stop);
        }

        _asked.Begin();
        await KnownUsage.LoadAsync(_world.Database, integration, [link], Stop);
        _world.Use(100);
        await _world.NextHourAsync(integration);

        using SqliteConnection connection = Open();
        List<string> steps = [.. Plans(connection).Where(plan => IsOfMany().IsMatch(plan.Statement)).Select(plan => plan.Step).Where(step => step.StartsWith("SEARCH", StringComparison.Ordinal))];
        Assert.Contains(steps, step => step.Contains("IX_BillingPeriods_BuyerId_State (BuyerId=? AND State=?)", StringComparison.Ordinal));
        Assert.Contains(steps, step => step.Contains("IX_Meters_Identity_DimensionKey (Identity=?)", StringComparison.Ordinal));
        Assert.DoesNotContain(steps, step => step.Contains("(IntegrationId=?", StringComparison.Ordinal) || step.Contains("(State=?", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_query_without_an_index_is_seen()
    {
        _asked.Begin();
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        await db.UsageRecords.Where(record => record.Quantity == 7).ToListAsync(Stop);

        Assert.Contains("UsageRecords", Assert.Single(Scans()), StringComparison.Ordinal);
    }

    /// <summary>Growth, a record, an unknown answer, money that waits, the end of a month.</summary>
    private async Task LiveAsync(Guid integration)
    {
        _world.Use(100);
        _world.Use(1, "storage_gb"); // no conversion: it waits
        await _world.NextHourAsync(integration);
        _world.Sandbox.Faults.Next(SandboxService.Aws, FaultKind.LostAnswer);
        _world.Use(100);
        await _world.NextHourAsync(integration);
        _world.MoveTo(_world.Now.AddMinutes(20));
        await _world.ReportAsync();
        _world.MoveTo(new DateTimeOffset(2026, 9, 1, 0, 30, 0, TimeSpan.Zero));
        await _world.CloseAsync(integration);
        await _world.NextHourAsync(integration);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        await ExtraPolls.DueAsync(db, new LagoOptions(), _world.Now, Stop);
        await RecordStore.NextAttemptAtAsync(db, [], Stop);
    }

    /// <summary>Of the statements that were asked, or some of them.</summary>
    private List<string> Steps(Func<string, bool>? of = null)
    {
        using SqliteConnection connection = Open();
        return [.. Plans(connection).Where(plan => of?.Invoke(plan.Statement) ?? true).Select(plan => plan.Step)];
    }

    /// <summary>They hold the few rows that their condition is true of, and may be gone through.</summary>
    private static HashSet<string> PartialIndexes(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT i.name FROM sqlite_master t, pragma_index_list(t.name) i WHERE t.type = 'table' AND i.partial = 1";
        using SqliteDataReader reader = command.ExecuteReader();
        HashSet<string> names = new(StringComparer.Ordinal);
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private void AssertNoScan()
    {
        List<string> scans = Scans();
        Assert.True(scans.Count == 0, string.Join("\n\n", scans));
    }

    /// <summary>Each growing table that a plan walks through whole, with the statement.</summary>
    private List<string> Scans()
    {
        using SqliteConnection connection = Open();
        HashSet<string> partial = PartialIndexes(connection);
        List<string> scans = [];
        foreach ((string text, string step) in Plans(connection))
        {
            Dictionary<string, string> tables = Aliases().Matches(text).ToDictionary(match => match.Groups["alias"].Value, match => match.Groups["table"].Value, StringComparer.Ordinal);
            if (Scan().Match(step) is { Success: true } scan && !partial.Contains(scan.Groups["index"].Value)
                && Growing.Contains(tables.GetValueOrDefault(scan.Groups["alias"].Value, scan.Groups["alias"].Value)))
            {
                scans.Add($"{step} ({tables.GetValueOrDefault(scan.Groups["alias"].Value)}): {text}");
            }
        }

        return scans;
    }

    /// <summary>Each step of each recorded statement's plan.</summary>
    private IEnumerable<(string Statement, string Step)> Plans(SqliteConnection connection)
    {
        foreach ((string text, (string Name, object? Value)[] parameters) in _asked.Commands)
        {
            if (Nothing().IsMatch(text))
            {
                continue; // asked for the members of an empty list: SQLite plans it and reads nothing
            }

            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = $"EXPLAIN QUERY PLAN {text}";
            foreach ((string name, object? value) in parameters)
            {
                command.Parameters.AddWithValue(name, value ?? DBNull.Value);
            }

            using SqliteDataReader plan = command.ExecuteReader();
            while (plan.Read())
            {
                yield return (text, plan.GetString(3));
            }
        }
    }

    private SqliteConnection Open()
    {
        SqliteConnection connection = new($"Data Source={_world.Database.File}");
        connection.Open();
        return connection;
    }

    [GeneratedRegex("\"(?<table>\\w+)\" AS \"(?<alias>\\w+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Aliases();

    /// <summary>Asked of the members of a list.</summary>
    [GeneratedRegex(@"json_each\(@(buyers|identities|subscriptions)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IsOfMany();

    [GeneratedRegex(@"\bWHERE 0\b", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Nothing();

    [GeneratedRegex("^SCAN (?<alias>\\w+)( USING( COVERING)? INDEX (?<index>\\w+))?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Scan();

    /// <summary>Keeps each different statement once.</summary>
    private sealed class Recorder : DbCommandInterceptor
    {
        public ConcurrentDictionary<string, (string Name, object? Value)[]> Commands { get; } = new(StringComparer.Ordinal);

        public void Begin() => Commands.Clear();

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            // A batch of writes names its rows by their keys. Its statements cannot be explained together.
            if (eventData.CommandSource != CommandSource.SaveChanges)
            {
                Keep(command);
            }

            return ValueTask.FromResult(result);
        }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            if (eventData.CommandSource is CommandSource.ExecuteUpdate or CommandSource.ExecuteDelete)
            {
                Keep(command);
            }

            return ValueTask.FromResult(result);
        }

        private void Keep(DbCommand command) => Commands.TryAdd(
            command.CommandText, [.. command.Parameters.Cast<DbParameter>().Select(parameter => (parameter.ParameterName, parameter.Value))]);
    }
}
