using LagoConsole.Core.History;
using Microsoft.Extensions.Logging;
using Quartz;

namespace LagoConsole.Core.Scheduling;

/// <summary>
/// Makes a pause mean what a person thinks it means. Quartz pauses triggers, but reporting is also started by polls,
/// resends and recoveries, each with a trigger of its own: while the job's clock is paused, they do not run it either.
/// Run now does: a person asked for it. Nothing is lost: what is due is found again after the pause.
/// </summary>
internal sealed class PausedJobs(ILogger<PausedJobs> logger) : ITriggerListener
{
    public string Name => nameof(PausedJobs);

    public async ValueTask<bool> VetoJobExecution(ITrigger trigger, IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        TriggerKey clock = ScheduledJob.ClockOf(trigger.JobKey);
        if (trigger.Key == clock || trigger.Key.Group == JobControl.ByHandGroup)
        {
            return false;
        }

        try
        {
            return await context.Scheduler.GetTriggerState(clock, cancellationToken) == TriggerState.Paused;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A listener must not throw. Resting is what can be made good: the minute's turn starts what is due.
            logger.LogError(exception, "Whether {Job} is paused could not be read; this run was left out.", trigger.JobKey);
            return true;
        }
    }
}
