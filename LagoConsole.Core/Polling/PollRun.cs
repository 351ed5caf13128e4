using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Security;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Polling;

/// <summary>What one run of polling came to.</summary>
public abstract record PollRunOutcome
{
    private PollRunOutcome()
    {
    }

    /// <summary>The integration was deleted while this run was due.</summary>
    public sealed record Gone : PollRunOutcome;

    /// <summary>Nothing was polled, as it should be.</summary>
    /// <param name="Sentence">Why, and what ends it.</param>
    public sealed record Rests(string Sentence) : PollRunOutcome;

    /// <summary>The key that was refused before is refused still: nothing was polled.</summary>
    public sealed record StillRefused : PollRunOutcome;

    public sealed record Polled(PollOutcome Outcome) : PollRunOutcome;
}

/// <summary>One hourly run of one integration: whether it polls at all, what a refused key makes of it, and the poll itself.</summary>
public sealed class PollRun(
    IDbContextFactory<LagoConsoleDbContext> contexts, UsagePipeline pipeline, IntegrationService integrations, IntegrationHealth health, TimeProvider clock)
{
    /// <param name="progress">May be called from several threads.</param>
    public async Task<PollRunOutcome> RunAsync(Guid integrationId, Action<PollProgress>? progress, CancellationToken cancellationToken)
    {
        DateTimeOffset polledAt = clock.GetUtcNow(); // read once: a run belongs to one hour
        Integration? integration;
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            integration = await db.Integrations.AsNoTracking().SingleOrDefaultAsync(candidate => candidate.Id == integrationId, cancellationToken);
        }

        if (integration is null)
        {
            return new PollRunOutcome.Gone();
        }

        if (!integration.AutoReport)
        {
            return new PollRunOutcome.Rests("Auto report is off: nothing is polled. Switch it on with Edit.");
        }

        if (integration.Status == IntegrationStatus.Created)
        {
            return new PollRunOutcome.Rests("The API key was replaced and is not verified yet: nothing is polled. Press VERIFY.");
        }

        // A refused key rests the polling, not the schedule: each hour it is tried once, and goes on by itself (R16).
        if (integration.Status == IntegrationStatus.VerificationFailed
            && await integrations.VerifyAsync(Actor.System, integrationId, cancellationToken) is not VerifyOutcome.Verified)
        {
            return new PollRunOutcome.StillRefused();
        }

        PollOutcome outcome = await pipeline.RunAsync(integration, polledAt, progress, cancellationToken);
        if (outcome.Stopped is LagoFailure.KeyRejected or LagoFailure.PermissionMissing)
        {
            await health.RefusedAsync(integration.Id, outcome.Stopped, cancellationToken);
        }

        return new PollRunOutcome.Polled(outcome);
    }
}
