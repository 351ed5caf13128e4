using System.Diagnostics;
using LagoConsole.Core.Reporting;
using Microsoft.Extensions.Logging;
using Quartz;

namespace LagoConsole.Core.Polling;

/// <summary>Hourly, one job per integration (its name is the integration's id): polls each linked customer, then has the growth reported.</summary>
[DisallowConcurrentExecution]
public sealed class PollUsageJob(PollRun run, ILogger<PollUsageJob> logger) : IJob
{
    /// <summary>Group of the poll jobs.</summary>
    public const string Group = "lago-poll";

    public static JobKey KeyOf(Guid integrationId) => new(integrationId.ToString("D"), Group);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        PollRunOutcome came = await run.RunAsync(
            Guid.Parse(context.JobDetail.Key.Name), progress => context.ReportProgress(progress.Percent, progress.Sentence), cancellationToken);
        switch (came)
        {
            case PollRunOutcome.Gone:
                context.Result = JobRunReport.Skipped("The integration is gone.");
                await context.Scheduler.DeleteJob(context.JobDetail.Key, cancellationToken);
                break;
            case PollRunOutcome.Rests rests:
                context.Result = JobRunReport.Skipped(rests.Sentence);
                break;
            case PollRunOutcome.StillRefused:
                throw new JobExecutionException("Verification failed again: nothing is polled, and nothing is lost. Integrations says what to mend.");
            case PollRunOutcome.Polled polled:
                await TellAsync(context, polled.Outcome, cancellationToken);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private async Task TellAsync(IJobExecutionContext context, PollOutcome outcome, CancellationToken cancellationToken)
    {
        // What was stored is reported even if some buyers failed.
        await context.Scheduler.TriggerJob(ReportUsageJob.Key, null, cancellationToken);
        foreach (PollFailure failure in outcome.Failures)
        {
            // The history outlives a deleted buyer's name: it keeps the id, and the page shows who that is.
            logger.LogWarning("buyer:{BuyerId} {Problem}", failure.BuyerId, failure.Sentence);
        }

        context.Result = JobRunReport.Succeeded($"{outcome.Increments} increments from {outcome.Subscriptions} subscriptions of {outcome.Buyers} buyers")
            .With("buyers", outcome.Buyers).With("subscriptions", outcome.Subscriptions).With("snapshots", outcome.Snapshots)
            .With("increments", outcome.Increments).With("failed", outcome.Failures.Count);
        if (outcome.Stopped is not null)
        {
            throw new JobExecutionException($"The run stopped: {outcome.Stopped.Sentence} Nothing is lost; the next run catches up.");
        }

        if (outcome.Failures.Count > 0)
        {
            throw new JobExecutionException($"{outcome.Failures.Count} of {outcome.Buyers} buyers failed: "
                + string.Join("; ", outcome.Failures.Take(10).Select(failure => $"buyer:{failure.BuyerId} {failure.Sentence}")));
        }
    }
}
