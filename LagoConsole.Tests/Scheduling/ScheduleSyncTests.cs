using LagoConsole.Core.Closing;
using LagoConsole.Core.History;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Reporting;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Quartz;
using Xunit;
using static LagoConsole.Tests.Scheduling.SchedulingHost;

namespace LagoConsole.Tests.Scheduling;

public sealed class ScheduleSyncTests : IDisposable
{
    private readonly TestDatabase _database = new();

    public void Dispose() => _database.Dispose();

    [Theory]
    [InlineData(true, IntegrationStatus.Verified, 1)]
    [InlineData(true, IntegrationStatus.VerificationFailed, 1)]
    [InlineData(true, IntegrationStatus.Created, 0)]
    [InlineData(false, IntegrationStatus.Verified, 0)]
    public async Task An_integration_is_scheduled_while_auto_report_is_on_and_a_refused_key_keeps_its_schedule(bool autoReport, IntegrationStatus status, int triggers)
    {
        await using SchedulingHost host = new(_database);
        Guid id = await IntegrationAsync(_database, autoReport, status);

        await host.Sync.SyncAsync(Cancellation);
        await host.Sync.SyncAsync(Cancellation);

        Assert.Equal(triggers, (await host.TriggersAsync(PollUsageJob.KeyOf(id))).Count);
    }

    [Fact]
    public async Task Switching_auto_report_off_takes_the_trigger_away()
    {
        await using SchedulingHost host = new(_database);
        Guid id = await IntegrationAsync(_database);
        await host.Sync.SyncAsync(Cancellation);

        await ChangeAsync(db => db.Integrations.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.AutoReport, false), Cancellation));
        await host.Sync.RequestAsync(Cancellation);

        Assert.Empty(await host.TriggersAsync(PollUsageJob.KeyOf(id)));
    }

    [Fact]
    public async Task A_deleted_integration_leaves_no_job()
    {
        await using SchedulingHost host = new(_database);
        Guid id = await IntegrationAsync(_database);
        Guid other = await IntegrationAsync(_database, name: "Other");
        await host.Sync.SyncAsync(Cancellation);

        await ChangeAsync(db => db.Integrations.Where(row => row.Id == id).ExecuteDeleteAsync(Cancellation));
        await host.Sync.RequestAsync(Cancellation);

        IScheduler scheduler = await host.SchedulerAsync();
        Assert.False(await scheduler.Exists(PollUsageJob.KeyOf(id), Cancellation));
        Assert.Single(await host.TriggersAsync(PollUsageJob.KeyOf(other)));
    }

    [Fact]
    public async Task The_jobs_of_the_system_are_scheduled_without_any_integration()
    {
        await using SchedulingHost host = new(_database);

        await host.Sync.SyncAsync(Cancellation);

        Assert.Single(await host.TriggersAsync(ReportUsageJob.Key));
        Assert.Single(await host.TriggersAsync(ClosePeriodsJob.Key));
    }

    [Fact]
    public async Task A_pause_survives_a_restart_with_its_reason_and_its_person()
    {
        Guid id = await IntegrationAsync(_database);
        JobKey job = PollUsageJob.KeyOf(id);
        await using (SchedulingHost before = new(_database))
        {
            await before.Sync.SyncAsync(Cancellation);
            Assert.IsType<PauseOutcome.Paused>(await before.Control.PauseAsync(
                new Actor("ada", Role.Operator), job, "Lago migrates tonight", Cancellation));
        }

        await using SchedulingHost after = await new SchedulingHost(_database).StartAsync();
        await after.Sync.SyncAsync(Cancellation);

        JobStatus status = (await after.History.ListJobsAsync(Cancellation)).Single(row => row.Job == job);
        Assert.Equal(("ada", "Lago migrates tonight"), (status.Pause!.By, status.Pause.Reason));
        Assert.Null(status.NextRunAt);
    }

    [Fact]
    public async Task A_new_cron_expression_replaces_the_trigger_and_keeps_the_pause()
    {
        Guid id = await IntegrationAsync(_database);
        JobKey job = PollUsageJob.KeyOf(id);
        await using (SchedulingHost before = new(_database))
        {
            await before.Sync.SyncAsync(Cancellation);
            await before.Control.PauseAsync(new Actor("ada", Role.Operator), job, "Wait", Cancellation);
        }

        await using SchedulingHost after = new(_database, pollCron: "0 35 3 1 1 ?");
        await after.Sync.SyncAsync(Cancellation);

        ICronTrigger stored = Assert.IsType<ICronTrigger>(await (await after.SchedulerAsync()).GetTrigger(new TriggerKey(job.Name, job.Group), Cancellation), exactMatch: false);
        Assert.Equal("0 35 3 1 1 ?", stored.CronExpressionString);
        Assert.Equal(TimeZoneInfo.Utc, stored.TimeZone);
        TriggerHeader header = Assert.Single(await after.TriggersAsync(job));
        Assert.Equal((TriggerState.Paused, "Wait"), (header.State, header.Pause!.Reason));
    }

    [Fact]
    public async Task A_console_that_stops_waits_for_a_running_job()
    {
        await using SchedulingHost host = new(_database);
        await host.UseProbeAsync(ReportUsageJob.Key);
        host.Probe.Work = _ => host.Probe.Finish.Task;
        await host.StartAsync();
        await host.Control.RunNowAsync(new Actor("ada", Role.Operator), ReportUsageJob.Key, Cancellation);
        await host.Probe.Started.Task.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Cancellation);

        Task stopped = host.Services.GetRequiredService<IHost>().StopAsync(Cancellation);
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Cancellation);
        Assert.False(stopped.IsCompleted);
        host.Probe.Finish.TrySetResult();

        await stopped.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Cancellation);
    }

    [Fact]
    public async Task Money_that_is_free_again_starts_reporting_once_though_no_record_is_due()
    {
        await using SchedulingHost host = new(_database);
        await host.Sync.RequestAsync(Cancellation);
        Assert.Single(await host.TriggersAsync(ReportUsageJob.Key));

        await host.Sync.RequestReportAsync(Cancellation);
        await host.Sync.RequestReportAsync(Cancellation);

        Assert.Equal(2, (await host.TriggersAsync(ReportUsageJob.Key)).Count); // the one by the clock, and one for now
    }

    [Fact]
    public async Task Money_that_is_free_again_starts_no_reporting_that_a_person_has_paused()
    {
        await using SchedulingHost host = new(_database);
        await host.Sync.SyncAsync(Cancellation);
        await host.Control.PauseAsync(new Actor("ada", Role.Operator), ReportUsageJob.Key, "AWS is being set up", Cancellation);

        await host.Sync.RequestReportAsync(Cancellation);

        Assert.Single(await host.TriggersAsync(ReportUsageJob.Key));
    }

    [Theory]
    [InlineData(2020, 2)]
    [InlineData(2999, 1)]
    public async Task A_lease_that_ran_out_starts_reporting_and_one_that_holds_does_not(int leaseUntil, int triggers)
    {
        ReportBooks.Write(_database, (books, _) =>
        {
            books.Unknown.State = UsageRecordState.Sending; // its process was killed
            books.Unknown.LeaseOwner = "the killed process";
            books.Unknown.LeaseUntil = new DateTimeOffset(leaseUntil, 1, 1, 0, 0, 0, TimeSpan.Zero);
            books.Unknown.NextAttemptAt = null;
        });
        await using SchedulingHost host = new(_database);

        await host.Sync.SyncAsync(Cancellation);

        Assert.Equal(triggers, (await host.TriggersAsync(ReportUsageJob.Key)).Count); // one of them is the hourly one
    }

    private async Task ChangeAsync(Func<LagoConsoleDbContext, Task> change)
    {
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        await change(db);
    }
}
