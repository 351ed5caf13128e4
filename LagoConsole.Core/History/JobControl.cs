using LagoConsole.Core.Audit;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Scheduling;
using LagoConsole.Core.Security;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace LagoConsole.Core.History;

/// <summary>
/// A person's hand on a job. The audit entry is committed first: Quartz keeps another database, and a deed without its
/// entry would be worse than an entry of a deed that then failed.
/// </summary>
public sealed class JobControl(ISchedulerFactory schedulers, IDbContextFactory<LagoConsoleDbContext> contexts, TimeProvider clock)
{
    /// <summary>Group of the triggers that a person's Run now makes.</summary>
    public const string ByHandGroup = "by-hand";

    /// <summary>Longest reason, in characters; Quartz cuts what is longer.</summary>
    public const int MaxReasonLength = 200;

    /// <summary>Runs a job at once, also while its schedule is paused; after a run in progress, never beside it.</summary>
    /// <exception cref="ForbiddenException">Needs Operator.</exception>
    public async Task<RunNowOutcome> RunNowAsync(Actor actor, JobKey job, CancellationToken cancellationToken = default)
    {
        actor.Require(Role.Operator);
        IScheduler scheduler = await schedulers.GetScheduler(cancellationToken);
        if (!await scheduler.Exists(job, cancellationToken))
        {
            return new RunNowOutcome.Gone();
        }

        if (job.Group == PollUsageJob.Group)
        {
            await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
            Guid id = Guid.Parse(job.Name);
            var integration = await db.Integrations.Where(row => row.Id == id)
                .Select(row => new { row.AutoReport, row.Status }).SingleOrDefaultAsync(cancellationToken);
            switch (integration)
            {
                case null:
                    return new RunNowOutcome.Gone();
                case { AutoReport: false }:
                    return new RunNowOutcome.Resting("Enable Auto Report Usage is off for this integration, so nothing is polled. Switch it on with Edit.");
                case { Status: IntegrationStatus.Created }:
                    return new RunNowOutcome.Resting("This integration is not verified, so nothing is polled. Press VERIFY first.");
            }
        }

        PagedResult<FireInstance> running = await scheduler.QueryFireInstances(new FireInstanceQuery { Job = job }, cancellationToken);
        if (running.Items.Count > 0)
        {
            return new RunNowOutcome.AlreadyRunning();
        }

        await AuditAsync(actor, "Run job now", job, note: null, cancellationToken);
        ITrigger now = TriggerBuilder.Create(scheduler.TimeProvider)
            .WithIdentity(Guid.NewGuid().ToString("N"), ByHandGroup).ForJob(job).StartNow().Build();
        await scheduler.ScheduleJob(now, cancellationToken: cancellationToken);
        return new RunNowOutcome.Started();
    }

    /// <summary>Stops the schedule of a job until it is resumed; a run in progress ends as usual.</summary>
    /// <exception cref="ForbiddenException">Needs Operator.</exception>
    public async Task<PauseOutcome> PauseAsync(Actor actor, JobKey job, string? reason, CancellationToken cancellationToken = default)
    {
        actor.Require(Role.Operator);
        string text = reason?.Trim() ?? "";
        if (text is "" || text.Length > MaxReasonLength)
        {
            return new PauseOutcome.ReasonInvalid(text is ""
                ? "Say why: whoever finds the job paused must know whether to resume it."
                : $"At most {MaxReasonLength} characters.");
        }

        IScheduler scheduler = await schedulers.GetScheduler(cancellationToken);
        TriggerKey trigger = ScheduledJob.ClockOf(job);
        if (!await scheduler.Exists(trigger, cancellationToken))
        {
            return new PauseOutcome.NotScheduled();
        }

        await AuditAsync(actor, "Pause job", job, text, cancellationToken);
        await scheduler.PauseTriggerWith(trigger, new PauseDetails { Reason = text, RequestedBy = actor.Name }, cancellationToken);
        return new PauseOutcome.Paused();
    }

    /// <summary>Lets the schedule go on. A time that was missed meanwhile is made up once, at once.</summary>
    /// <returns>False when it was not paused.</returns>
    /// <exception cref="ForbiddenException">Needs Operator.</exception>
    public async Task<bool> ResumeAsync(Actor actor, JobKey job, CancellationToken cancellationToken = default)
    {
        actor.Require(Role.Operator);
        IScheduler scheduler = await schedulers.GetScheduler(cancellationToken);
        TriggerKey trigger = ScheduledJob.ClockOf(job);
        if (await scheduler.GetTriggerState(trigger, cancellationToken) != TriggerState.Paused)
        {
            return false;
        }

        await AuditAsync(actor, "Resume job", job, note: null, cancellationToken);
        await scheduler.ResumeTrigger(trigger, cancellationToken);
        return true;
    }

    private async Task AuditAsync(Actor actor, string action, JobKey job, string? note, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        db.Audit(clock.GetUtcNow(), actor, action, "Job", $"{job.Group}/{job.Name}", note: note);
        await db.SaveChangesAsync(cancellationToken);
    }
}

/// <summary>What became of Run now.</summary>
public abstract record RunNowOutcome
{
    private RunNowOutcome()
    {
    }

    public sealed record Started : RunNowOutcome;

    /// <summary>A run is in progress; nothing was added to it.</summary>
    public sealed record AlreadyRunning : RunNowOutcome;

    /// <summary>A run would do nothing.</summary>
    /// <param name="Sentence">Why, and what to do.</param>
    public sealed record Resting(string Sentence) : RunNowOutcome;

    /// <summary>The integration was deleted meanwhile.</summary>
    public sealed record Gone : RunNowOutcome;
}

/// <summary>What became of a pause.</summary>
public abstract record PauseOutcome
{
    private PauseOutcome()
    {
    }

    public sealed record Paused : PauseOutcome;

    /// <summary>A field error of the reason.</summary>
    public sealed record ReasonInvalid(string Sentence) : PauseOutcome;

    /// <summary>Nothing schedules this job, so there is nothing to pause.</summary>
    public sealed record NotScheduled : PauseOutcome;
}
