using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Quartz;

namespace LagoConsole.Core.Polling;

/// <summary>Hourly, one job per integration (its name is the integration's id): polls each linked customer, then has the growth reported.</summary>
[DisallowConcurrentExecution]
public sealed class PollUsageJob(
    IDbContextFactory<LagoConsoleDbContext> contexts, UsagePipeline pipeline, IntegrationService integrations,
    IntegrationHealth health, TimeProvider clock, ILogger<PollUsageJob> logger) : IJob
{
    /// <summary>Group of the poll jobs.</summary>
    public const string Group = "lago-poll";

    public static JobKey KeyOf(Guid integrationId) => new(integrationId.ToString("D"), Group);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        DateTimeOffset polledAt = clock.GetUtcNow(); // read once: a run belongs to one hour
        Guid id = Guid.Parse(context.JobDetail.Key.Name);
        Integration? integration;
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            integration = await db.Integrations.AsNoTracking().SingleOrDefaultAsync(candidate => candidate.Id == id, cancellationToken);
        }

        if (integration is null)
        {
            context.Result = JobRunReport.Skipped("The integration is gone."); // deleted while this run was due
            await context.Scheduler.DeleteJob(context.JobDetail.Key, cancellationToken);
            return;
        }

        if (!integration.AutoReport)
        {
            context.Result = JobRunReport.Skipped("Auto report is off: nothing is polled. Switch it on with Edit.");
            return;
        }

        if (integration.Status == IntegrationStatus.Created)
        {
            context.Result = JobRunReport.Skipped("The API key was replaced and is not verified yet: nothing is polled. Press VERIFY.");
            return;
        }

        // A refused key rests the polling, not the schedule: each hour it is tried once, and goes on by itself (R16).
        if (integration.Status == IntegrationStatus.VerificationFailed
            && await integrations.VerifyAsync(Actor.System, id, cancellationToken) is not VerifyOutcome.Verified)
        {
            throw new JobExecutionException("Verification failed again: nothing is polled, and nothing is lost. Integrations says what to mend.");
        }

        PollOutcome outcome = await pipeline.RunAsync(
            integration, polledAt, (done, of) => context.ReportProgress(100 * done / of, $"buyers {done}/{of}"), cancellationToken);
        if (outcome.Stopped is LagoFailure.KeyRejected or LagoFailure.PermissionMissing)
        {
            await health.RefusedAsync(integration.Id, outcome.Stopped, cancellationToken);
        }

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
