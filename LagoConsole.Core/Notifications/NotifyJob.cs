using LagoConsole.Core.History;
using Quartz;

namespace LagoConsole.Core.Notifications;

/// <summary>
/// Every five minutes, whole system: reads which causes there are, stores the messages they call for, and delivers what is due.
/// Nothing of the money waits for it. A receiver that takes nothing is no failure of the run: the delivery log shows it.
/// </summary>
[DisallowConcurrentExecution]
public sealed class NotifyJob(JobHistory history, CauseReader reader, NotificationStore store, NotificationCourier courier, TimeProvider clock) : IJob
{
    public static readonly JobKey Key = new("notify", "system");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        int added = 0;
        CourierOutcome outcome;
        try
        {
            CauseFacts facts = await reader.ReadAsync(await history.ListJobsAsync(cancellationToken), cancellationToken);
            added = await store.SaveAsync(CauseRules.Of(facts, clock.GetUtcNow()), cancellationToken);
        }
        finally
        {
            outcome = await courier.DeliverDueAsync(cancellationToken); // also while causes cannot be read: what is stored is owed
        }

        await store.ForgetAsync(cancellationToken);
        context.Result = (added + outcome.Delivered + outcome.NotTaken == 0
                ? JobRunReport.Skipped("Nothing to tell.")
                : JobRunReport.Succeeded($"{added} new messages, {outcome.Delivered} delivered, {outcome.NotTaken} channels did not take theirs"))
            .With("messages", added).With("delivered", outcome.Delivered).With("channels_failing", outcome.NotTaken);
    }
}
