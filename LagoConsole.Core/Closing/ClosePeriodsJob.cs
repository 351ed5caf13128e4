using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace LagoConsole.Core.Closing;

/// <summary>Hourly, whole system: closes ended billing periods of every integration that exists, auto report on or off (R4).</summary>
[DisallowConcurrentExecution]
public sealed class ClosePeriodsJob(IDbContextFactory<LagoConsoleDbContext> contexts, PeriodCloser closer) : IJob
{
    public static readonly JobKey Key = new("close", "system");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        List<Integration> integrations;
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            integrations = await db.Integrations.AsNoTracking().ToListAsync(cancellationToken);
        }

        CloseOutcome total = new(0, 0, 0, []);
        foreach (Integration integration in integrations)
        {
            CloseOutcome outcome = await closer.CloseAsync(integration, cancellationToken);
            total = new CloseOutcome(
                total.Closed + outcome.Closed, total.Waiting + outcome.Waiting, total.Increments + outcome.Increments,
                [.. total.Failures, .. outcome.Failures]);
        }

        if (total.Increments > 0)
        {
            await context.Scheduler.TriggerJob(ReportUsageJob.Key, null, cancellationToken);
        }

        context.Result = JobRunReport.Succeeded($"{total.Closed} periods closed, {total.Waiting} await Lago's final invoice")
            .With("closed", total.Closed).With("waiting", total.Waiting).With("increments", total.Increments).With("failed", total.Failures.Count);
        if (total.Failures.Count > 0)
        {
            throw new JobExecutionException(
                $"{total.Failures.Count} failed; the periods stay open and are tried again: {string.Join("; ", total.Failures.Take(10))}");
        }
    }
}
