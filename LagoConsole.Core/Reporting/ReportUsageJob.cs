using LagoConsole.Core.Polling;
using Quartz;

namespace LagoConsole.Core.Reporting;

/// <summary>
/// Whole system, after each poll and while anything is due: lets waiting money flow on, releases windows, makes
/// records, sends them and settles the answers. Any step may be killed and run again.
/// </summary>
[DisallowConcurrentExecution]
public sealed class ReportUsageJob(
    WaitingMoney waiting, ReleaseStore releases, AllocationStore allocations, RecordStore records, RecordSender sender, TimeProvider clock) : IJob
{
    public static readonly JobKey Key = new("report", "system");

    /// <summary>The one-shot trigger of the next resend; replaced by each run.</summary>
    private static readonly TriggerKey Resend = new("report-resend", "system");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        int expired = await records.PassTimeAsync(abandonedOwner: null, cancellationToken);
        int flowed = await waiting.FlowOnAsync(cancellationToken);
        int released = await releases.ReleaseDueAsync(cancellationToken);
        int made = await allocations.AllocateAsync(cancellationToken);
        SendOutcome sent = await sender.SendDueAsync(cancellationToken);
        await ScheduleResendAsync(context.Scheduler, cancellationToken);

        JobRunReport report = JobRunReport.Succeeded(
                $"{made} records made, {sent.Sent} sent in {sent.Calls} calls, {sent.Accepted} accepted, {sent.Failed} not accepted")
            .With("released", released).With("made", made).With("sent", sent.Sent)
            .With("accepted", sent.Accepted).With("failed", sent.Failed).With("flowedOn", flowed).With("expired", expired);
        context.Result = report;
        if (sent.Failed > 0)
        {
            // Nothing is lost: each record says what it waits for. What failed looks failed in the history.
            throw new JobExecutionException(
                $"{sent.Failed} of {sent.Sent} records were not accepted. Records shows each with its reason; what can be sent again will be.");
        }
    }

    private async Task ScheduleResendAsync(IScheduler scheduler, CancellationToken cancellationToken)
    {
        if (await records.NextAttemptAtAsync(cancellationToken) is { } next)
        {
            DateTimeOffset soonest = clock.GetUtcNow().AddSeconds(1);
            ITrigger trigger = TriggerBuilder.Create(scheduler.TimeProvider)
                .WithIdentity(Resend).ForJob(Key).StartAt(next > soonest ? next : soonest).Build();
            await scheduler.ScheduleJob(trigger, ScheduleJobOptions.Replacing, cancellationToken);
        }
    }
}
