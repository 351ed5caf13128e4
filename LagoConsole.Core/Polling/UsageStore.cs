using LagoConsole.Core.Buyers;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Polling;

/// <summary>Stores readings: snapshot, mark, increment and accrual in one transaction, before anything is reported (R2).</summary>
public sealed class UsageStore(IDbContextFactory<LagoConsoleDbContext> contexts, TimeProvider clock)
{
    /// <summary>
    /// Writes one reading of a poll. A repeat of the same reading adds nothing. The run read its link and its integration a
    /// while ago: only if both still stand when the money is written is it written.
    /// </summary>
    /// <returns>Null when the integration is gone, rests, or the link has ended meanwhile: nothing was written.</returns>
    public Task<ReadingOutcome?> SaveAsync(BuyerLink link, SubscriptionReading reading, CancellationToken cancellationToken) =>
        MoneyTransaction.RunAsync<ReadingOutcome?>(
            contexts,
            async db =>
            {
                bool stands = await db.BuyerLinks.AnyAsync(
                    stored => stored.Id == link.Id && stored.UnlinkedAt == null && db.Integrations.Any(
                        integration => integration.Id == link.IntegrationId && integration.AutoReport && integration.Status == IntegrationStatus.Verified),
                    cancellationToken);
                return stands
                    ? await new UsageWriter(db, link.IntegrationId, link.BuyerId, clock.GetUtcNow()).WriteAsync(reading, new GrowthRule.Flow(), cancellationToken)
                    : null;
            },
            cancellationToken,
            MoneySteps.Mark);

    /// <summary>Whether a poll has seen this subscription's period before with all that the reading shows.</summary>
    internal async Task<bool> KnowsAsync(SubscriptionReading reading, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await PeriodStore.FindAsync(db, reading, cancellationToken) is { NeverPolled: false } period
            && KnownUsage.Knows(await db.HighWaterMarks.AsNoTracking().Where(mark => mark.PeriodId == period.Id).ToListAsync(cancellationToken), reading);
    }
}
