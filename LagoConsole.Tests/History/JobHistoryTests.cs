using LagoConsole.Core.Audit;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.History;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Scheduling;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quartz;
using Xunit;
using static LagoConsole.Tests.Scheduling.SchedulingHost;

namespace LagoConsole.Tests.History;

public sealed class JobHistoryTests : IDisposable
{
    private static readonly Actor _ada = new("ada", Role.Operator);
    private readonly TestDatabase _database = new();

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task A_run_shows_its_counts_its_log_and_who_started_it()
    {
        Buyer buyer = new() { Id = Guid.NewGuid(), Name = "Globex", CreatedAt = DateTimeOffset.UnixEpoch };
        await using (LagoConsoleDbContext db = _database.CreateDbContext())
        {
            db.Add(buyer);
            await db.SaveChangesAsync(Cancellation);
        }

        await using SchedulingHost host = new(_database);
        await host.UseProbeAsync(ReportUsageJob.Key);
        ILogger log = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("test");
        host.Probe.Work = context =>
        {
            log.LogWarning("buyer:{BuyerId} has no dimension.", buyer.Id);
            context.Result = JobRunReport.Succeeded("3 records made").With("made", 3).With("sent", 2);
            return Task.CompletedTask;
        };
        await host.StartAsync();
        await host.Sync.SyncAsync(Cancellation);

        Assert.IsType<RunNowOutcome.Started>(await host.Control.RunNowAsync(_ada, ReportUsageJob.Key, Cancellation));
        JobRun run = Assert.Single(await host.RunsAsync(1));

        Assert.Equal(("Report usage", RunResult.Succeeded, "3 records made", RunStart.Person), (run.Title, run.Result, run.Summary, run.StartedBy));
        Assert.Equal([new RunCount("made", "3"), new RunCount("sent", "2")], run.Counts);
        JobRunDetail detail = (await host.History.FindAsync(run.Id, Cancellation))!;
        Assert.Contains("Globex has no dimension.", Assert.Single(detail.LogLines), StringComparison.Ordinal);
        await using LagoConsoleDbContext audit = _database.CreateDbContext();
        AuditEntry entry = Assert.Single(await audit.AuditEntries.ToListAsync(Cancellation));
        Assert.Equal(("ada", "Run job now", "system/report"), (entry.Actor, entry.Action, entry.SubjectId));
    }

    [Fact]
    public async Task A_failed_run_shows_its_error_and_can_be_filtered_for()
    {
        await using SchedulingHost host = new(_database);
        await host.UseProbeAsync(ReportUsageJob.Key);
        host.Probe.Work = _ => host.Probe.Runs == 1 ? Task.CompletedTask : throw new JobExecutionException("2 of 5 records were not accepted.");
        await host.StartAsync();
        await host.Control.RunNowAsync(_ada, ReportUsageJob.Key, Cancellation);
        await host.RunsAsync(1);
        await host.Control.RunNowAsync(_ada, ReportUsageJob.Key, Cancellation);
        await host.RunsAsync(2);

        JobRunPage failed = await host.History.ListRunsAsync(new JobRunFilter(ReportUsageJob.Key, RunResult.Failed), 0, 10, Cancellation);

        JobRun run = Assert.Single(failed.Runs);
        Assert.Equal(1, failed.Total);
        Assert.Equal("2 of 5 records were not accepted.", run.Error);
    }

    [Fact]
    public async Task A_run_whose_process_was_killed_shows_as_interrupted_beside_its_recovery()
    {
        string copy = Path.Combine(Path.GetDirectoryName(_database.File)!, "after-kill");
        DateTimeOffset startedAt;
        await using (SchedulingHost killed = new(_database))
        {
            await killed.UseProbeAsync(ReportUsageJob.Key);
            killed.Probe.Work = _ => killed.Probe.Finish.Task;
            await killed.StartAsync();
            await killed.Control.RunNowAsync(_ada, ReportUsageJob.Key, Cancellation);
            await killed.Probe.Started.Task.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Cancellation);
            RunningJob running = Assert.Single(await killed.History.ListRunningAsync(Cancellation));
            startedAt = running.StartedAt;
            CopyQuartzFile(Path.GetDirectoryName(_database.File)!, copy);
        }

        await using SchedulingHost restarted = new(_database, copy);
        await restarted.StartAsync();
        IReadOnlyList<JobRun> runs = await restarted.RunsAsync(2);

        JobRun interrupted = Assert.Single(runs, run => run.Result == RunResult.Interrupted);
        Assert.Null(interrupted.Duration);
        Assert.Equal(startedAt, interrupted.StartedAt, TimeSpan.FromSeconds(1));
        Assert.Equal(RunStart.Recovery, Assert.Single(runs, run => run.Result == RunResult.Succeeded).StartedBy);
        Assert.Empty(await restarted.History.ListRunningAsync(Cancellation));
    }

    [Fact]
    public async Task While_reporting_is_paused_other_jobs_do_not_start_it_but_a_person_can()
    {
        await using SchedulingHost host = new(_database);
        await host.UseProbeAsync(ReportUsageJob.Key);
        await host.StartAsync();
        await host.Sync.SyncAsync(Cancellation);
        await host.Control.PauseAsync(_ada, ReportUsageJob.Key, "AWS asked us to wait", Cancellation);

        await (await host.SchedulerAsync()).TriggerJob(ReportUsageJob.Key, null, Cancellation);
        await WaitUntilNothingIsDueAsync(host);
        Assert.Equal(0, host.Probe.Runs);

        await host.Control.RunNowAsync(_ada, ReportUsageJob.Key, Cancellation);
        await host.RunsAsync(1);
        Assert.Equal(1, host.Probe.Runs);

        Assert.True(await host.Control.ResumeAsync(_ada, ReportUsageJob.Key, Cancellation));
        Assert.False(await host.Control.ResumeAsync(_ada, ReportUsageJob.Key, Cancellation));
        await (await host.SchedulerAsync()).TriggerJob(ReportUsageJob.Key, null, Cancellation);
        await host.RunsAsync(2);
    }

    [Fact]
    public async Task Run_now_of_an_integration_that_is_off_says_why_it_would_do_nothing()
    {
        await using SchedulingHost host = new(_database);
        Guid id = await IntegrationAsync(_database);
        await host.Sync.SyncAsync(Cancellation);
        await using (LagoConsoleDbContext db = _database.CreateDbContext())
        {
            await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(row => row.AutoReport, false), Cancellation);
        }

        await host.Sync.SyncAsync(Cancellation);

        RunNowOutcome.Resting resting = Assert.IsType<RunNowOutcome.Resting>(await host.Control.RunNowAsync(_ada, PollUsageJob.KeyOf(id), Cancellation));
        Assert.Contains("Enable Auto Report Usage is off", resting.Sentence, StringComparison.Ordinal);
        Assert.IsType<RunNowOutcome.Gone>(await host.Control.RunNowAsync(_ada, PollUsageJob.KeyOf(Guid.NewGuid()), Cancellation));
    }

    [Fact]
    public async Task A_pause_needs_a_reason_and_an_operator()
    {
        await using SchedulingHost host = new(_database);
        await host.Sync.SyncAsync(Cancellation);
        Actor viewer = new("vic", Role.Viewer);

        Assert.IsType<PauseOutcome.ReasonInvalid>(await host.Control.PauseAsync(_ada, ReportUsageJob.Key, " ", Cancellation));
        Assert.IsType<PauseOutcome.ReasonInvalid>(await host.Control.PauseAsync(_ada, ReportUsageJob.Key, new string('x', JobControl.MaxReasonLength + 1), Cancellation));
        await Assert.ThrowsAsync<ForbiddenException>(() => host.Control.PauseAsync(viewer, ReportUsageJob.Key, "Why not", Cancellation));
        await Assert.ThrowsAsync<ForbiddenException>(() => host.Control.RunNowAsync(viewer, ReportUsageJob.Key, Cancellation));
        await Assert.ThrowsAsync<ForbiddenException>(() => host.Control.ResumeAsync(viewer, ReportUsageJob.Key, Cancellation));
        Assert.Null((await host.History.ListJobsAsync(Cancellation)).Single(job => job.Job == ReportUsageJob.Key).Pause);
    }

    [Fact]
    public async Task Runs_are_kept_for_90_days_and_200_000_rows()
    {
        await using SchedulingHost host = new(_database);

        ExecutionHistoryOptions options = host.Services.GetRequiredService<IOptions<ExecutionHistoryOptions>>().Value;

        Assert.Equal((TimeSpan.FromDays(90), 200_000), (options.Retention, options.MaxEntriesPerScheduler));
    }

    private static async Task WaitUntilNothingIsDueAsync(SchedulingHost host)
    {
        for (int attempt = 0; attempt < 200; attempt++)
        {
            IReadOnlyList<TriggerHeader> triggers = await host.TriggersAsync(ReportUsageJob.Key);
            if (triggers.All(trigger => trigger.State == TriggerState.Paused))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        }

        throw new TimeoutException("The trigger was not consumed.");
    }
}
