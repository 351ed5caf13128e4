using LagoConsole.Core.Books;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.History;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Scheduling;
using LagoConsole.Tests.Scheduling;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Quartz;
using Quartz.Extensibility;
using Xunit;

namespace LagoConsole.Tests.Books;

/// <summary>The daily check, run by a real scheduler.</summary>
public sealed class MaintenanceJobTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_check_that_finds_nothing_is_kept_and_one_that_does_fails_its_run_and_names_nobody_there()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        await world.NextHourAsync(integration);
        await using SchedulingHost host = await new SchedulingHost(world.Database).StartAsync();
        await host.Sync.SyncAsync(Stop);

        await host.Control.RunNowAsync(ConsoleWorld.Admin, MaintenanceJob.Key, Stop);
        JobRun balanced = Assert.Single(await host.RunsAsync(1));
        Assert.Equal((RunResult.Succeeded, "Check the books"), (balanced.Result, balanced.Title));
        Assert.Equal("The books balance: 3 keys, 1 increment, 1 meter, 1 record checked", balanced.Summary);

        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            await db.HighWaterMarks.Where(mark => mark.MetricCode == "api_calls")
                .ExecuteUpdateAsync(set => set.SetProperty(mark => mark.AmountMinor, mark => mark.AmountMinor + 50), Stop);
        }

        await host.Control.RunNowAsync(ConsoleWorld.Admin, MaintenanceJob.Key, Stop);
        JobRun failed = (await host.RunsAsync(2))[0];
        Assert.Equal(RunResult.Failed, failed.Result);
        Assert.Contains(new RunCount("failures", "1"), failed.Counts);
        ExecutionHistoryEntry stored = (await host.Services.GetRequiredService<IExecutionHistoryStore>()
            .QueryExecutions(new ExecutionHistoryQuery { SchedulerName = SchedulingRegistration.SchedulerName, Take = 1 }, Stop)).Items[0];
        Assert.Contains("difference 0.50 USD.", stored.ExceptionMessage);
        Assert.DoesNotContain("Acme", stored.ExceptionMessage);
        Assert.Contains("R14 a, Acme Corporation: its mark", failed.Error); // the page says who it is by now

        List<BooksCheck> kept = await ChecksAsync(world.Database);
        Assert.Equal([1, 0], kept.Select(check => check.FailureCount));

        // That mark was written past the console: lists find it as below its mark all the same.
        await using LagoConsoleDbContext read = world.Database.CreateDbContext();
        Assert.Equal("api_calls", Assert.Single(await read.HighWaterMarks.WhereBelowMark().ToListAsync(Stop)).MetricCode);
        Assert.StartsWith("R14 a, Acme Corporation, acme-prod, api_calls, period", kept[0].Failures);
        Assert.Equal("", kept[1].Failures);
    }

    [Fact]
    public async Task The_last_400_checks_are_kept_and_their_failures_as_far_as_whole_sentences_fit()
    {
        await using ConsoleWorld world = new();
        await world.SetUpAsync();
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            DateTimeOffset first = world.Now.AddDays(-500);
            db.BooksChecks.AddRange(Enumerable.Range(0, 400).Select(day => new BooksCheck
            {
                Id = Guid.NewGuid(),
                StartedAt = first.AddDays(day),
                FinishedAt = first.AddDays(day),
                Keys = 0,
                Increments = 0,
                Meters = 0,
                Records = 0,
                FailureCount = 0,
                Failures = "",
            }));
            for (int key = 0; key < 60; key++)
            {
                await db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO HighWaterMarks (Id, PeriodId, MetricCode, Currency, BaselineMinor, BaselineOrigin, FirstSeenAt, AmountMinor, ReportAtCloseOnly, LeftToClose, LastTotalMinor, LastTotalAt, LastCharges, HeldMinor, RefusedMinor, HighestTotalMinor, GivenUpToMinor, IsBelowMark)
                    SELECT {Guid.NewGuid()}, PeriodId, {$"metric-{key}"}, Currency, 0, BaselineOrigin, FirstSeenAt, 7, 0, 0, 0, LastTotalAt, LastCharges, 0, 0, 0, 0, 1
                    FROM HighWaterMarks WHERE MetricCode = 'api_calls'
                    """,
                    Stop);
            }

            await db.SaveChangesAsync(Stop);
        }

        BooksReport report = await world.Get<BooksChecks>().CheckNowAsync(ConsoleWorld.Admin, progress: null, Stop);

        List<BooksCheck> kept = await ChecksAsync(world.Database);
        Assert.Equal((400, 60), (kept.Count, report.FailureCount));
        Assert.Equal(world.Now.AddDays(-499).Date, kept[^1].StartedAt.Date);
        string[] sentences = kept[0].Failures.Split('\n');
        Assert.InRange(sentences.Length, 10, 30);
        Assert.All(sentences, sentence => Assert.Matches("difference 0.07 USD. \\[key [0-9a-f-]{36}\\]$", sentence));
    }

    [Fact]
    public void A_time_that_is_none_stops_the_start_with_the_name_of_the_setting()
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Scheduling:MaintenanceCron"] = "daily" }).Build();
        using ServiceProvider services = new ServiceCollection().AddLogging().AddScheduling(configuration).BuildServiceProvider();

        OptionsValidationException refused = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<Core.Scheduling.SchedulingOptions>>().Value);
        Assert.StartsWith("Scheduling:MaintenanceCron is not a Quartz cron expression", refused.Message);
    }

    private static async Task<List<BooksCheck>> ChecksAsync(TestDatabase database)
    {
        await using LagoConsoleDbContext db = database.CreateDbContext();
        return await db.BooksChecks.AsNoTracking().OrderByDescending(check => check.StartedAt).ToListAsync(Stop);
    }
}
