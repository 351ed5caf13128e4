using Quartz;

namespace LagoConsole.Core.Reconciliation;

/// <summary>Whole system: <see cref="ReconcileRun"/>. Fails when Azure could not be read: what failed looks failed, and the next hour asks again.</summary>
[DisallowConcurrentExecution]
public sealed class ReconcileJob(ReconcileRun run) : IJob
{
    public static readonly JobKey Key = new("reconcile", "system");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        switch (await run.RunAsync(cancellationToken))
        {
            case ReconcileOutcome.NothingToRead:
                context.Result = JobRunReport.Skipped("No record waits for proof, and what was reported to Azure lately was compared within the last day.");
                break;
            case ReconcileOutcome.NotRead notRead:
                throw new JobExecutionException($"Nothing was concluded and nothing changed. {notRead.Sentence}");
            case ReconcileOutcome.Done { Settled: var settled } done:
                context.Result = JobRunReport.Succeeded(
                        $"{done.Totals} day totals of Azure read; proven of records without an answer: {settled.Billed} billed, {settled.NotBilled} not billed, {settled.Open} not yet")
                    .With("totals", done.Totals).With("billed", settled.Billed).With("notBilled", settled.NotBilled).With("open", settled.Open)
                    .With("billedAfterAll", settled.BilledAfterAll).With("failed", done.Failures.Count);
                if (settled.BilledAfterAll > 0)
                {
                    throw new JobExecutionException(
                        $"{settled.BilledAfterAll} records that counted as not billed are proven billed. Where their money had gone onto another record it is billed twice: Records shows each.");
                }

                if (done.Failures.Count > 0)
                {
                    throw new JobExecutionException($"{done.Failures.Count} products or purchases failed, the others went on: {string.Join("; ", done.Failures.Take(10))}");
                }

                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
