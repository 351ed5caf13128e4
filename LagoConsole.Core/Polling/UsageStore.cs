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
    public async Task<ReadingOutcome?> SaveAsync(BuyerLink link, SubscriptionReading reading, CancellationToken cancellationToken) =>
        (await SaveAsync([new PolledReading(link, reading)], cancellationToken))[0];

    /// <summary>Writes several readings of one integration, each of another buyer and subscription, or none of them.</summary>
    /// <returns>In their order; null as above.</returns>
    internal Task<IReadOnlyList<ReadingOutcome?>> SaveAsync(IReadOnlyList<PolledReading> readings, CancellationToken cancellationToken) =>
        MoneyTransaction.RunAsync(contexts, db => WriteAsync(db, readings, cancellationToken), cancellationToken, MoneySteps.Mark);

    /// <summary>Whether a poll has seen this subscription's period before with all that the reading shows.</summary>
    internal async Task<bool> KnowsAsync(SubscriptionReading reading, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await PeriodStore.FindAsync(db, reading, cancellationToken) is { NeverPolled: false } period
            && KnownUsage.Knows(await db.HighWaterMarks.AsNoTracking().Where(mark => mark.PeriodId == period.Id).ToListAsync(cancellationToken), reading);
    }

    private async Task<IReadOnlyList<ReadingOutcome?>> WriteAsync(LagoConsoleDbContext db, IReadOnlyList<PolledReading> readings, CancellationToken cancellationToken)
    {
        Guid integrationId = readings[0].Link.IntegrationId;
        List<Guid> links = [.. readings.Select(one => one.Link.Id)];
        HashSet<Guid> standing = [.. await db.BuyerLinks
            .Where(stored => links.Contains(stored.Id) && stored.UnlinkedAt == null && db.Integrations.Any(
                integration => integration.Id == integrationId && integration.AutoReport && integration.Status == IntegrationStatus.Verified))
            .Select(stored => stored.Id).ToListAsync(cancellationToken)];
        if (standing.Count == 0)
        {
            return new ReadingOutcome?[readings.Count];
        }

        UsageBooks books = await UsageBooks.LoadAsync(db, integrationId, readings, cancellationToken);
        List<ReadingOutcome?> outcomes = [];
        db.ChangeTracker.AutoDetectChangesEnabled = false; // looked for once, when all is written
        foreach ((BuyerLink link, SubscriptionReading reading) in readings)
        {
            outcomes.Add(standing.Contains(link.Id)
                ? await new UsageWriter(db, integrationId, link.BuyerId, clock.GetUtcNow(), books).WriteAsync(reading, new GrowthRule.Flow(), cancellationToken)
                : null);
        }

        db.ChangeTracker.AutoDetectChangesEnabled = true;
        return outcomes;
    }
}
