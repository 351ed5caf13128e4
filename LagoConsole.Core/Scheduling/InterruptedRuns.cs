using System.Globalization;
using Microsoft.Extensions.Logging;
using Quartz;
using Quartz.Extensibility;

namespace LagoConsole.Core.Scheduling;

/// <summary>
/// Quartz writes a run into its history when the run ends, so a run whose process was killed leaves no row. But each of
/// our jobs asks to be recovered: when the recovery starts, the run that it stands for gets its row, as cancelled.
/// </summary>
internal sealed class InterruptedRuns(IExecutionHistoryStore history, ILogger<InterruptedRuns> logger) : IJobListener
{
    /// <summary>Shown in the history.</summary>
    public const string Summary = "The console stopped in the middle of this run. It was started again; what was already stored was not done twice.";

    public string Name => nameof(InterruptedRuns);

    public async ValueTask JobToBeExecuted(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        if (!context.Recovering)
        {
            return;
        }

        try
        {
            TriggerKey trigger = context.RecoveringTriggerKey ?? context.Trigger.Key;
            await history.AddExecution(
                new ExecutionHistoryEntry(
                    context.Scheduler.SchedulerName, context.Scheduler.SchedulerInstanceId,
                    context.JobDetail.Key.Group, context.JobDetail.Key.Name, trigger.Group, trigger.Name,
                    FiredAt(context), TimeSpan.Zero, false, null)
                {
                    Result = JobRunResult.Cancelled,
                    Summary = Summary,
                },
                cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A listener that throws would stop the recovery itself, which matters more than its row.
            logger.LogError(exception, "The interrupted run of {Job} could not be written into the history.", context.JobDetail.Key);
        }
    }

    private static DateTimeOffset FiredAt(IJobExecutionContext context) =>
        context.MergedJobDataMap.TryGetValue(SchedulerConstants.FailedJobOriginalTriggerFireTime, out object? value)
            && Convert.ToString(value, CultureInfo.InvariantCulture) is { } text
            ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal)
            : context.FireTimeUtc;
}
