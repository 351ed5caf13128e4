using LagoConsole.Core.Buyers;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Reporting;

/// <summary>
/// Drains purchases that have ended (R18): one more poll, one last record a meter in the hour that contains the end, and what
/// cannot be sent any more leaves the dead meters as waiting money.
/// </summary>
public sealed class EntitlementDrain(
    IDbContextFactory<LagoConsoleDbContext> contexts, UsagePipeline pipeline, IOptions<ReportingOptions> options, TimeProvider clock)
{
    /// <summary>Projections of a purchase that ends within this are put before a person: theirs is the time until the last record.</summary>
    internal static readonly TimeSpan Notice = TimeSpan.FromHours(24);

    /// <summary>Wait before the last poll is tried again.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(2);

    /// <summary>Drains what is due; returns how many last records were made.</summary>
    public async Task<int> RunAsync(ItemRun run, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        List<Entitlement> ending;
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            ending = [.. (await Ending(db).AsNoTracking().ToListAsync(cancellationToken)).Where(entitlement => entitlement.EndsAt <= now + Notice)];
        }

        return await run.EachAsync(
            ending, entitlement => $"The end of purchase {entitlement.Id} of buyer:{entitlement.BuyerId}",
            async entitlement =>
            {
                if (await AnyToHoldAsync(entitlement, cancellationToken))
                {
                    await MoneyTransaction.RunAsync(contexts, db => HoldProjectionsAsync(db, entitlement, clock.GetUtcNow(), cancellationToken), cancellationToken);
                }

                if (now < DueAt(entitlement, options.Value.DeadlineMargin))
                {
                    return 0;
                }

                // Half of the margin is for trying again: what this poll would see waits for a person otherwise.
                DateTimeOffset closes = FinalFlush.Closes(entitlement.EndsAt!.Value, MarketplaceRules.For(entitlement.Marketplace));
                if (now < closes && !await PollAsync(entitlement.BuyerId, cancellationToken) && now < closes - (options.Value.DeadlineMargin / 2))
                {
                    throw new InvalidOperationException("Lago did not answer to the last poll before the purchase's last record.");
                }

                return await MoneyTransaction.RunAsync(contexts, db => DrainAsync(db, entitlement, clock.GetUtcNow(), cancellationToken), cancellationToken, MoneySteps.Allocation);
            },
            cancellationToken);
    }

    private async Task<bool> AnyToHoldAsync(Entitlement entitlement, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking; // a look: nothing of it is saved
        return await HoldProjectionsAsync(db, entitlement, clock.GetUtcNow(), cancellationToken) > 0;
    }

    /// <summary>When the next purchase is drained; null when none ends.</summary>
    public async Task<DateTimeOffset?> NextDueAtAsync(CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        DateTimeOffset soonest = clock.GetUtcNow() + Again;
        DateTimeOffset? due = (await Ending(db).AsNoTracking().ToListAsync(cancellationToken))
            .Select(entitlement => (DateTimeOffset?)DueAt(entitlement, options.Value.DeadlineMargin)).Min();
        return due < soonest ? soonest : due; // what is due now and is still here could not be done now
    }

    /// <summary>Polls the buyer's Lago customer once, where polling is on at all; false when Lago did not answer to all of it.</summary>
    public async Task<bool> PollAsync(Guid buyerId, CancellationToken cancellationToken)
    {
        BuyerLink? link;
        Integration? integration;
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            link = await db.BuyerLinks.AsNoTracking().SingleOrDefaultAsync(row => row.BuyerId == buyerId && row.UnlinkedAt == null, cancellationToken);
            integration = link is null
                ? null
                : await db.Integrations.AsNoTracking().SingleOrDefaultAsync(
                    row => row.Id == link.IntegrationId && row.AutoReport && row.Status == IntegrationStatus.Verified, cancellationToken);
        }

        return link is null || integration is null
            || await pipeline.RunAsync(integration, [link], cancellationToken) is { Stopped: null, Failures.Count: 0 };
    }

    /// <summary>Purchases with an end, whose last record is not made yet.</summary>
    internal static IQueryable<Entitlement> Ending(LagoConsoleDbContext db) =>
        db.Entitlements.Where(entitlement => entitlement.EndsAt != null && entitlement.DrainedAt == null);

    /// <summary>When the purchase is drained.</summary>
    internal static DateTimeOffset DueAt(Entitlement entitlement, TimeSpan margin) =>
        FinalFlush.DueAt(entitlement.EndsAt!.Value, MarketplaceRules.For(entitlement.Marketplace), margin);

    /// <summary>A projection is billed when its period closes, and then this purchase takes nothing more: a person says what of it is billed here.</summary>
    internal static async Task<int> HoldProjectionsAsync(
        LagoConsoleDbContext db, Entitlement entitlement, DateTimeOffset now, CancellationToken cancellationToken)
    {
        DateTimeOffset end = entitlement.EndsAt!.Value;
        HashSet<string> converted = await ConvertedAsync(db, [entitlement.ProductId], cancellationToken);
        HashSet<string> atCloseOnly = new(
            await db.DimensionConversions.Where(conversion => conversion.ProductId == entitlement.ProductId && conversion.ReportAtCloseOnly)
                .Select(conversion => conversion.MetricCode).ToListAsync(cancellationToken),
            StringComparer.Ordinal);

        // What another purchase of the buyer will take at the close need not be decided now.
        List<Entitlement> others = await db.Entitlements.AsNoTracking()
            .Where(other => other.BuyerId == entitlement.BuyerId && other.Id != entitlement.Id).ToListAsync(cancellationToken);
        converted.ExceptWith(await ConvertedAsync(
            db, [.. others.Where(other => other.TakesMoney && (other.EndsAt is null || other.EndsAt > end)).Select(other => other.ProductId)], cancellationToken));
        List<HighWaterMark> projected = await (
            from mark in db.HighWaterMarks
            join period in db.BillingPeriods on mark.PeriodId equals period.Id
            where mark.Hold == null && mark.LastTotalMinor > mark.AmountMinor
                && period.BuyerId == entitlement.BuyerId && period.State == BillingPeriodState.Open && period.PeriodStart < end && period.PeriodEnd > end
            select mark).ToListAsync(cancellationToken);
        List<HighWaterMark> undecided = [.. projected.Where(mark => converted.Contains(mark.MetricCode)
            && (mark.ReportAtCloseOnly || atCloseOnly.Contains(mark.MetricCode)) && mark.LastTotalMinor - mark.RefusedMinor > mark.AmountMinor)];
        undecided.ForEach(mark => KeyHold.Place(mark, HoldReason.EntitlementEnding, now));
        return undecided.Count;
    }

    private static async Task<HashSet<string>> ConvertedAsync(LagoConsoleDbContext db, List<Guid> products, CancellationToken cancellationToken) => new(
        await db.DimensionConversions.Where(conversion => products.Contains(conversion.ProductId))
            .Select(conversion => conversion.MetricCode).ToListAsync(cancellationToken),
        StringComparer.Ordinal);

    /// <summary>The last records, and what is left leaves the meters. Saves as it goes.</summary>
    internal static async Task<int> DrainAsync(LagoConsoleDbContext db, Entitlement seen, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // First of all, so that whoever is sending money to this purchase has ended or begins anew after this.
        int mine = await Ending(db).Where(row => row.Id == seen.Id && row.EndsAt == seen.EndsAt)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Version, row => row.Version + 1), cancellationToken);
        if (mine == 0)
        {
            return 0; // another node drained it, or a person gave it another end
        }

        Entitlement entitlement = await db.Entitlements.SingleAsync(row => row.Id == seen.Id, cancellationToken);
        await db.Entry(entitlement).ReloadAsync(cancellationToken); // a rehearsal may have read it before
        DateTimeOffset slot = FinalFlush.Slot(entitlement.EndsAt!.Value);
        List<Meter> meters = await db.Meters.Where(meter => meter.EntitlementId == entitlement.Id)
            .OrderBy(meter => meter.DimensionKey).ToListAsync(cancellationToken);
        List<Guid> meterIds = [.. meters.Select(meter => meter.Id)];
        IQueryable<UsageIncrement> open = db.UsageIncrements.WhereOpen()
            .Where(increment => increment.MeterId != null && meterIds.Contains(increment.MeterId.Value));
        await ReleaseStore.GroupAsync(
            db, await open.Where(increment => increment.GroupId == null).OrderBy(increment => increment.MeterSequence).ToListAsync(cancellationToken),
            new ReportingWindow(slot, slot.AddHours(1)), now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken); // what is allocated next is asked of the database

        int made = 0;
        foreach (Meter meter in meters)
        {
            made += await AllocationStore.AllocateAsync(db, meter.Id, now, cancellationToken, isLast: true) is Allocation.Made ? 1 : 0;
        }

        await db.SaveChangesAsync(cancellationToken);
        Dictionary<Guid, Meter> byId = meters.ToDictionary(meter => meter.Id);
        foreach (UsageIncrement left in await open.ToListAsync(cancellationToken))
        {
            MeterBook.Leave(left, byId[left.MeterId!.Value], WaitReason.EntitlementEnded, now);
        }

        entitlement.DrainedAt = now;
        entitlement.State = EntitlementState.Cancelled;
        return made;
    }
}
