using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Polling;

/// <summary>Stores readings: snapshot, mark, increment and accrual in one transaction, before anything is reported (R2).</summary>
public sealed class UsageStore(IDbContextFactory<LagoConsoleDbContext> contexts, TimeProvider clock)
{
    /// <summary>Writes one reading. A repeat of the same reading adds nothing.</summary>
    /// <returns>Null when the integration no longer exists: a run that outlives its integration writes nothing.</returns>
    public Task<ReadingOutcome?> SaveAsync(
        Guid integrationId, Guid buyerId, SubscriptionReading reading, GrowthRule rule, CancellationToken cancellationToken) =>
        MoneyTransaction.RunAsync<ReadingOutcome?>(
            contexts,
            async db =>
            {
                bool exists = await db.Integrations.AnyAsync(integration => integration.Id == integrationId, cancellationToken);
                return exists
                    ? await new UsageWriter(db, integrationId, buyerId, clock.GetUtcNow()).WriteAsync(reading, rule, cancellationToken)
                    : null;
            },
            cancellationToken,
            MoneySteps.Mark);
}
