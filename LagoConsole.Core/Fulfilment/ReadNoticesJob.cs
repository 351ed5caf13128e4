using Quartz;

namespace LagoConsole.Core.Fulfilment;

/// <summary>Whole system, every few minutes: <see cref="NoticeRun"/>.</summary>
[DisallowConcurrentExecution]
public sealed class ReadNoticesJob(NoticeRun run) : IJob
{
    public static readonly JobKey Key = new("notices", "system");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        NoticeRunOutcome outcome = await run.RunAsync(cancellationToken);
        context.Result = JobRunReport.Succeeded($"{outcome.Received} new notices, {outcome.Acted} acted on, {outcome.Waiting} waiting")
            .With("received", outcome.Received).With("acted", outcome.Acted).With("waiting", outcome.Waiting).With("failed", outcome.Failures.Count);
        if (outcome.Failures.Count > 0)
        {
            throw new JobExecutionException($"{outcome.Failures.Count} failed, the others went on: {string.Join("; ", outcome.Failures.Take(10))}");
        }

        if (outcome.Waiting > 0)
        {
            // Nothing is lost: each says on the page Purchases what it waits for. What failed looks failed in the history.
            throw new JobExecutionException($"{outcome.Waiting} notices could not be acted on, because their marketplace could not be asked. They are tried again.");
        }
    }
}
