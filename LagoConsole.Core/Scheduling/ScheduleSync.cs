using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Limits;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quartz;

namespace LagoConsole.Core.Scheduling;

/// <summary>
/// Makes the schedule match the integrations: their rows are the truth, because Quartz keeps a database of its own that
/// no transaction of ours reaches. Runs at start, after each change, and each minute, so that whatever was missed by a
/// crash or by another node is put right. Auto report on: exactly one trigger; off, or not verified yet: none; gone: no job.
/// </summary>
/// <param name="limits">Null in a process that sends nothing.</param>
public sealed class ScheduleSync(
    ISchedulerFactory schedulers, Schedule schedule, IDbContextFactory<LagoConsoleDbContext> contexts, IOptions<LagoOptions> lago,
    TimeProvider clock, ILogger<ScheduleSync> logger, MarketplaceLimits? limits = null) : BackgroundService
{
    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(1);

    /// <summary>One at a time: two would see the same trigger missing.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>
    /// Call after a change of an integration is committed: returns when the schedule matches it. A failure here is no
    /// failure of the change: it is logged, and the next minute's turn makes it good.
    /// </summary>
    public Task RequestAsync(CancellationToken cancellationToken = default) => TryAsync(moneyIsFree: false, cancellationToken);

    /// <summary>
    /// The same, after a change that lets money flow on: reporting starts once, though no record is due, unless a person has
    /// paused it.
    /// </summary>
    public Task RequestReportAsync(CancellationToken cancellationToken = default) => TryAsync(moneyIsFree: true, cancellationToken);

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await RequestAsync(stoppingToken);
        using PeriodicTimer minutes = new(_interval, clock);
        while (await minutes.WaitForNextTickAsync(stoppingToken))
        {
            await RequestAsync(stoppingToken);
        }
    }

    private async Task TryAsync(bool moneyIsFree, CancellationToken cancellationToken)
    {
        try
        {
            await SyncAsync(cancellationToken, moneyIsFree);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.LogError(exception, "The schedule could not be matched to the integrations. It is tried again within a minute; until then jobs may run that should not, or rest.");
        }
    }

    internal async Task SyncAsync(CancellationToken cancellationToken, bool moneyIsFree = false)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            IScheduler scheduler = await schedulers.GetScheduler(cancellationToken);
            foreach (ScheduledJob job in schedule.System)
            {
                await EnsureAsync(scheduler, job, cancellationToken);
            }

            await SyncPollsAsync(scheduler, cancellationToken);
            await ReportWhatIsDueAsync(scheduler, moneyIsFree, cancellationToken);
            await PollWhatEndsAsync(scheduler, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task SyncPollsAsync(IScheduler scheduler, CancellationToken cancellationToken)
    {
        // Quartz first: an integration connected in between is then missed until the next turn, never deleted by this one.
        HashSet<JobKey> known = [.. (await scheduler.QueryJobs(
            new JobQuery { Group = GroupMatcher<JobKey>.GroupEquals(PollUsageJob.Group), Take = int.MaxValue }, cancellationToken)).Items.Select(job => job.Key)];
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        var integrations = await db.Integrations.Select(row => new { row.Id, row.AutoReport, row.Status }).ToListAsync(cancellationToken);

        foreach (var integration in integrations)
        {
            JobKey key = PollUsageJob.KeyOf(integration.Id);

            // A refused key keeps its schedule: it is tried once an hour and goes on by itself (R16).
            if (integration.AutoReport && integration.Status != IntegrationStatus.Created)
            {
                await EnsureAsync(scheduler, schedule.Poll(integration.Id), cancellationToken);
            }
            else if (known.Contains(key))
            {
                await UnscheduleAsync(scheduler, key, cancellationToken);
            }
        }

        foreach (JobKey gone in known.Except(integrations.Select(row => PollUsageJob.KeyOf(row.Id))))
        {
            await scheduler.Interrupt(gone, cancellationToken);
            await scheduler.DeleteJob(gone, cancellationToken);
        }
    }

    /// <summary>Stores what is missing or was changed in the settings; a stored trigger that is right keeps its next time and its pause.</summary>
    private static async Task EnsureAsync(IScheduler scheduler, ScheduledJob wanted, CancellationToken cancellationToken)
    {
        if (!await scheduler.Exists(wanted.Job.Key, cancellationToken))
        {
            await scheduler.AddJob(wanted.Job, AddJobOptions.Replacing, cancellationToken);
        }

        ITrigger? stored = await scheduler.GetTrigger(wanted.Trigger.Key, cancellationToken);
        if (stored is ICronTrigger cron && cron.CronExpressionString == ((ICronTrigger)wanted.Trigger).CronExpressionString)
        {
            return;
        }

        TriggerHeader? before = (await scheduler.QueryTriggers(new TriggerQuery { Job = wanted.Job.Key }, cancellationToken))
            .Items.FirstOrDefault(trigger => trigger.Key == wanted.Trigger.Key);
        await scheduler.ScheduleTrigger(wanted.Trigger, TriggerConflict.Replace, cancellationToken);
        if (before?.State == TriggerState.Paused)
        {
            // A new time of day is no reason to start what a person has stopped.
            await scheduler.PauseTriggerWith(
                wanted.Trigger.Key, new PauseDetails { Reason = before.Pause?.Reason, RequestedBy = before.Pause?.RequestedBy }, cancellationToken);
        }
    }

    private static async Task UnscheduleAsync(IScheduler scheduler, JobKey key, CancellationToken cancellationToken)
    {
        PagedResult<TriggerHeader> triggers = await scheduler.QueryTriggers(new TriggerQuery { Job = key }, cancellationToken);
        if (triggers.Items.Count > 0)
        {
            await scheduler.UnscheduleJobs([.. triggers.Items.Select(trigger => trigger.Key)], cancellationToken);
        }
    }

    /// <summary>Records wait for their time; a restart, or a node that died between storing and sending, must not make them wait longer.</summary>
    private async Task ReportWhatIsDueAsync(IScheduler scheduler, bool moneyIsFree, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        DateTimeOffset? next = await RecordStore.NextAttemptAtAsync(db, limits?.Rests ?? [], cancellationToken);
        if (!moneyIsFree && (next is null || next > now))
        {
            return;
        }

        // A run in progress sends what is due; free money it may have passed already, and Quartz then runs once more after it.
        await StartAsync(scheduler, ReportUsageJob.Key, evenIfRunning: moneyIsFree, cancellationToken);
    }

    /// <summary>Periods that end between the hours, and so many at once that their poll must begin earlier.</summary>
    private async Task PollWhatEndsAsync(IScheduler scheduler, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        if ((await ExtraPolls.DueAsync(db, lago.Value, clock.GetUtcNow(), cancellationToken)).Count > 0)
        {
            await StartAsync(scheduler, ExtraPollJob.Key, evenIfRunning: false, cancellationToken);
        }
    }

    /// <summary>Starts a job now, unless a person has paused it or it is about to run anyway.</summary>
    private static async Task StartAsync(IScheduler scheduler, JobKey job, bool evenIfRunning, CancellationToken cancellationToken)
    {
        DateTimeOffset now = scheduler.TimeProvider.GetUtcNow();
        PagedResult<TriggerHeader> triggers = await scheduler.QueryTriggers(new TriggerQuery { Job = job }, cancellationToken);
        bool paused = triggers.Items.Any(trigger => trigger.State == TriggerState.Paused);
        bool coming = triggers.Items.Any(trigger => trigger.NextFireTimeUtc <= now);
        PagedResult<FireInstance> running = await scheduler.QueryFireInstances(new FireInstanceQuery { Job = job }, cancellationToken);
        if (!paused && !coming && (evenIfRunning || running.Items.Count == 0))
        {
            await scheduler.TriggerJob(job, null, cancellationToken);
        }
    }
}
