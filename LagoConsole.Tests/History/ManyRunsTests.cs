using System.Collections.Concurrent;
using System.Data.Common;
using LagoConsole.Core.History;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Scheduling;
using LagoConsole.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Quartz;
using Xunit;

namespace LagoConsole.Tests.History;

/// <summary>
/// 100,000 runs are filtered, counted and paged by the database, along an index that Quartz keeps itself. SQLite's own plans of
/// the statements that Quartz sent are read; on SQL Server it has the same indexes.
/// </summary>
public sealed class ManyRunsTests : IAsyncDisposable
{
    private const int Count = 100_000;
    private static readonly DateTimeOffset _now = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid _first = new("11111111-2222-3333-4444-555555555555");
    private static readonly Guid _second = new("66666666-7777-8888-9999-000000000000");

    private readonly TestDatabase _database = new();
    private readonly Recorded _asked;
    private readonly ServiceProvider _services;

    public ManyRunsTests()
    {
        _asked = new Recorded($"Data Source={QuartzFile};Pooling=false");
        ServiceCollection services = new();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(new FakeTimeProvider(_now));
        services.AddSingleton<IDbContextFactory<LagoConsoleDbContext>>(_database);
        services.AddOptions<PollingOptions>();
        services.AddOptions<LagoConsole.Core.Scheduling.SchedulingOptions>();
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(options => options.InstanceName = SchedulingRegistration.SchedulerName);
            quartz.UsePersistentStore(store =>
            {
                store.ProvisionSchema();
                store.UseExecutionHistory();
                store.UseSqlite(source => source.DataSourceFactory = _ => _asked);
            });
        });
        services.AddQuartzExecutionHistory(options => options.Retention = TimeSpan.FromDays(90));
        services.AddSingleton<Schedule>();
        services.AddHistory();
        _services = services.BuildServiceProvider();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string QuartzFile => Path.Combine(Path.GetDirectoryName(_database.File)!, "quartz.db");

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _asked.DisposeAsync();
        _database.Dispose();
    }

    [Fact]
    public async Task A_hundred_thousand_runs_are_filtered_counted_and_paged_along_an_index()
    {
        JobHistory history = _services.GetRequiredService<JobHistory>();
        await history.ListRunsAsync(new JobRunFilter(), 0, 1, Stop); // Quartz makes its tables
        await QuartzRuns.InsertAsync(QuartzFile, Count, _now, _first, _second, Stop);

        (JobRunFilter Filter, int Total)[] cases =
        [
            (new JobRunFilter(), 100_000),
            (new JobRunFilter(ReportUsageJob.Key), 50_000),
            (new JobRunFilter(JobGroup: PollUsageJob.Group), 50_000),
            (new JobRunFilter(PollUsageJob.KeyOf(_first)), 25_000),
            (new JobRunFilter(Result: RunResult.Failed), 100),
            (new JobRunFilter(JobGroup: PollUsageJob.Group, Result: RunResult.Failed), 100),
            (new JobRunFilter(PollUsageJob.KeyOf(_first), RunResult.Failed), 100),
            (new JobRunFilter(PollUsageJob.KeyOf(_second), RunResult.Failed), 0),
            (new JobRunFilter(From: _now.AddMinutes(-59)), 60),
            (new JobRunFilter(From: _now.AddMinutes(-59), Until: _now), 59),
            (new JobRunFilter(PollUsageJob.KeyOf(_first), RunResult.Failed, From: _now.AddMinutes(-9_999)), 10),
        ];
        foreach ((JobRunFilter filter, int total) in cases)
        {
            _asked.Commands.Clear();
            JobRunPage page = await history.ListRunsAsync(filter, 0, 25, Stop);

            Assert.Equal((filter, total, Math.Min(total, 25)), (filter, page.Total, page.Runs.Count));
            Assert.Equal(page.Runs.OrderByDescending(run => run.StartedAt), page.Runs);
            AssertIndexed();
        }

        _asked.Commands.Clear();
        JobRunPage last = await history.ListRunsAsync(new JobRunFilter(), 3_999, 25, Stop);
        Assert.Equal(25, last.Runs.Count);
        Assert.Equal(_now.AddMinutes(-99_999), last.Runs[^1].StartedAt);
        AssertIndexed();
    }

    /// <summary>Neither read from end to end, nor sorted: the rows come in the index's order, and few are looked at beyond the page.</summary>
    private void AssertIndexed()
    {
        (string Text, (string Name, object? Value)[] Parameters)[] asked =
            [.. _asked.Commands.Where(command => command.CommandText.Contains("QRTZ_EXECUTION_HISTORY", StringComparison.Ordinal))
                .Select(command => (command.CommandText, command.Parameters.Cast<SqliteParameter>().Select(parameter => (parameter.ParameterName, parameter.Value)).ToArray()))];
        Assert.Equal(2, asked.Length); // the page and the count

        using SqliteConnection connection = new($"Data Source={QuartzFile};Pooling=false");
        connection.Open();
        foreach ((string text, (string Name, object? Value)[] parameters) in asked)
        {
            using SqliteCommand explain = connection.CreateCommand();
            explain.CommandText = $"EXPLAIN QUERY PLAN {text}";
            foreach ((string name, object? value) in parameters)
            {
                explain.Parameters.AddWithValue(name, value ?? DBNull.Value);
            }

            List<string> steps = [];
            using SqliteDataReader plan = explain.ExecuteReader();
            while (plan.Read())
            {
                steps.Add(plan.GetString(3));
            }

            Assert.Matches("^SEARCH QRTZ_EXECUTION_HISTORY USING (COVERING )?INDEX IDX_QRTZ_EH_(FIRED|JOB)_TIME ", steps[0]);
            Assert.DoesNotContain("USE TEMP B-TREE FOR ORDER BY", steps);
        }
    }

    /// <summary>Quartz's connections; keeps each command.</summary>
    private sealed class Recorded(string connectionString) : DbDataSource
    {
        public ConcurrentQueue<SqliteCommand> Commands { get; } = new();

        public override string ConnectionString { get; } = connectionString;

        protected override DbConnection CreateDbConnection() => new Connection(ConnectionString, Commands);

        private sealed class Connection(string connectionString, ConcurrentQueue<SqliteCommand> commands) : SqliteConnection(connectionString)
        {
            public override SqliteCommand CreateCommand()
            {
                SqliteCommand command = base.CreateCommand();
                commands.Enqueue(command);
                return command;
            }
        }
    }
}
