using LagoConsole.Core.HighWater;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Polling;

/// <summary>Notices that billing periods have ended.</summary>
public sealed class PeriodStore(IDbContextFactory<LagoConsoleDbContext> contexts, TimeProvider clock)
{
    /// <summary>A terminated (or upgraded) subscription ends its open period at that moment (T7).</summary>
    public async Task EndTerminatedAsync(IEnumerable<SubscriptionResponse> subscriptions, CancellationToken cancellationToken)
    {
        Dictionary<string, DateTimeOffset> terminated = subscriptions
            .Where(subscription => subscription.Status == SubscriptionResponse.Terminated && subscription.TerminatedAt is not null)
            .GroupBy(subscription => subscription.LagoId, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First().TerminatedAt!.Value, StringComparer.Ordinal);
        if (terminated.Count == 0)
        {
            return;
        }

        HashSet<string> subscriptionsToEnd = new(StringComparer.Ordinal);
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            var unended = Unended(db).Select(period => new { period.SubscriptionLagoId, period.State, period.PeriodEnd });
            await foreach (var period in unended.AsAsyncEnumerable().WithCancellation(cancellationToken))
            {
                if (terminated.TryGetValue(period.SubscriptionLagoId, out DateTimeOffset end) && IsEndedBy(period.State, period.PeriodEnd, end))
                {
                    subscriptionsToEnd.Add(period.SubscriptionLagoId);
                }
            }
        }

        foreach (string subscription in subscriptionsToEnd)
        {
            await MoneyTransaction.RunAsync(
                contexts,
                db => EndTerminatedAsync(db, subscription, terminated[subscription].ToUniversalTime(), cancellationToken),
                cancellationToken);
        }
    }

    internal static async Task<int> EndTerminatedAsync(
        LagoConsoleDbContext db, string subscriptionLagoId, DateTimeOffset terminatedAt, CancellationToken cancellationToken)
    {
        List<BillingPeriod> ended = await Unended(db).Where(period => period.SubscriptionLagoId == subscriptionLagoId).ToListAsync(cancellationToken);
        foreach (BillingPeriod period in ended.Where(period => IsEndedBy(period.State, period.PeriodEnd, terminatedAt)))
        {
            period.EndedEarly = period.PeriodEnd - terminatedAt > PeriodSuccession.Rounding;
            period.OwnEnd = period.PeriodEnd;
            period.PeriodEnd = terminatedAt < period.PeriodEnd ? terminatedAt : period.PeriodEnd;
            period.State = BillingPeriodState.Ended;
        }

        return ended.Count;
    }

    /// <summary>Not closed, and not yet known to have ended with their subscription.</summary>
    private static IQueryable<BillingPeriod> Unended(LagoConsoleDbContext db) =>
        db.BillingPeriods.Where(period => period.State != BillingPeriodState.Closed && period.OwnEnd == null);

    /// <summary>A clock that was ahead may have taken it for ended by itself before its subscription was.</summary>
    private static bool IsEndedBy(BillingPeriodState state, DateTimeOffset periodEnd, DateTimeOffset terminatedAt) =>
        state == BillingPeriodState.Open || periodEnd > terminatedAt;

    /// <summary>
    /// Opens a closed period once more. Books that were restored after its close do not know what a later close may have billed since
    /// the backup: growth above its marks is held (R20).
    /// </summary>
    internal static async Task ReopenAsync(
        LagoConsoleDbContext db, BillingPeriod period, BillingPeriodState state, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await db.RestoreEpochs.AnyAsync(epoch => epoch.RestoredAt >= period.ClosedAt, cancellationToken))
        {
            foreach (HighWaterMark mark in await db.HighWaterMarks.Where(mark => mark.PeriodId == period.Id && mark.Hold == null).ToListAsync(cancellationToken))
            {
                KeyHold.Place(mark, HoldReason.Restored, now);
            }
        }

        period.State = state;
        period.SettledDigest = null;
    }

    /// <summary>
    /// Periods that a deleted integration of the same organization left unclosed come to the one that is connected now, so
    /// that their last growth is not lost between the two. Returns how many.
    /// </summary>
    public async Task<int> AdoptAsync(Guid integrationId, IReadOnlyCollection<SubscriptionResponse> subscriptions, CancellationToken cancellationToken)
    {
        await using (LagoConsoleDbContext peek = await contexts.CreateDbContextAsync(cancellationToken))
        {
            if (!await Orphans(peek).AnyAsync(cancellationToken))
            {
                return 0; // most looks find nothing, and need no transaction
            }
        }

        HashSet<string> own = new(subscriptions.Select(subscription => subscription.LagoId), StringComparer.Ordinal);
        return await MoneyTransaction.RunAsync(
            contexts,
            async db =>
            {
                List<BillingPeriod> orphans = await Orphans(db).ToListAsync(cancellationToken);
                List<BillingPeriod> adopted = [.. orphans.Where(period => own.Contains(period.SubscriptionLagoId))];
                adopted.ForEach(period => period.IntegrationId = integrationId);
                return adopted.Count;
            },
            cancellationToken);
    }

    /// <summary>The stored period that a reading belongs to, untracked; null when it has not been seen before.</summary>
    internal static async Task<BillingPeriod?> FindAsync(LagoConsoleDbContext db, SubscriptionReading reading, CancellationToken cancellationToken) =>
        PeriodMatch.Find(
            await db.BillingPeriods.AsNoTracking()
                .Where(period => period.SubscriptionLagoId == reading.SubscriptionLagoId).ToListAsync(cancellationToken),
            reading.PeriodStart, reading.PeriodEnd);

    /// <summary>The marks that a reading will be held against, by metric code; empty for a new period.</summary>
    internal static async Task<Dictionary<string, long>> MarksOfAsync(LagoConsoleDbContext db, SubscriptionReading reading, CancellationToken cancellationToken)
    {
        Guid? periodId = (await FindAsync(db, reading, cancellationToken))?.Id;
        return await db.HighWaterMarks.Where(mark => mark.PeriodId == periodId && mark.Currency == reading.Currency)
            .ToDictionaryAsync(mark => mark.MetricCode, mark => mark.AmountMinor, StringComparer.Ordinal, cancellationToken);
    }

    /// <summary>Unclosed periods whose integration is gone.</summary>
    internal static IQueryable<BillingPeriod> Orphans(LagoConsoleDbContext db) => db.BillingPeriods
        .Where(period => (period.State == BillingPeriodState.Open || period.State == BillingPeriodState.Ended) && !db.Integrations.Any(integration => integration.Id == period.IntegrationId));

    /// <summary>Open periods whose end has passed await Lago's final total.</summary>
    public async Task EndPassedAsync(Guid integrationId, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using (LagoConsoleDbContext peek = await contexts.CreateDbContextAsync(cancellationToken))
        {
            if (!await Passed(peek, integrationId, now).AnyAsync(cancellationToken))
            {
                return;
            }
        }

        await MoneyTransaction.RunAsync(
            contexts,
            async db =>
            {
                List<BillingPeriod> passed = await Passed(db, integrationId, now).ToListAsync(cancellationToken);
                passed.ForEach(period => period.State = BillingPeriodState.Ended);
                return passed.Count;
            },
            cancellationToken);
    }

    private static IQueryable<BillingPeriod> Passed(LagoConsoleDbContext db, Guid integrationId, DateTimeOffset now) => db.BillingPeriods
        .Where(period => period.IntegrationId == integrationId && period.State == BillingPeriodState.Open && period.PeriodEnd <= now);
}
