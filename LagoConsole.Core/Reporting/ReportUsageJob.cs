using Quartz;

namespace LagoConsole.Core.Reporting;

/// <summary>Whole system, after each poll and while anything is due: <see cref="ReportRun"/>, and a trigger for the next resend.</summary>
[DisallowConcurrentExecution]
public sealed class ReportUsageJob(ReportRun run, TimeProvider clock) : IJob
{
    public static readonly JobKey Key = new("report", "system");

    /// <summary>The one-shot trigger of the next resend; replaced by each run.</summary>
    private static readonly TriggerKey Resend = new("report-resend", "system");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        ReportOutcome outcome = await run.RunAsync(cancellationToken);
        SendOutcome sent = outcome.Sent;
        if (outcome.NextAt is { } next)
        {
            DateTimeOffset soonest = clock.GetUtcNow().AddSeconds(1);
            ITrigger trigger = TriggerBuilder.Create(context.Scheduler.TimeProvider)
                .WithIdentity(Resend).ForJob(Key).StartAt(next > soonest ? next : soonest).Build();
            await context.Scheduler.ScheduleJob(trigger, ScheduleJobOptions.Replacing, cancellationToken);
        }

        context.Result = JobRunReport.Succeeded(
                $"{outcome.Made} records made, {sent.Sent} sent in {sent.Calls} calls, {sent.Accepted} accepted, {sent.Failed} not accepted")
            .With("released", outcome.Released).With("made", outcome.Made).With("sent", sent.Sent)
            .With("accepted", sent.Accepted).With("failed", sent.Failed).With("flowedOn", outcome.FlowedOn).With("itemsFailed", outcome.Failures.Count).With("expired", outcome.Expired);
        if (outcome.Failures.Count > 0)
        {
            throw new JobExecutionException($"{outcome.Failures.Count} items failed, the others went on: {string.Join("; ", outcome.Failures.Take(10))}");
        }

        if (sent.Failed > 0)
        {
            // Nothing is lost: each record says what it waits for. What failed looks failed in the history.
            throw new JobExecutionException(
                $"{sent.Failed} of {sent.Sent} records were not accepted. Records shows each with its reason; what can be sent again will be.");
        }
    }
}
