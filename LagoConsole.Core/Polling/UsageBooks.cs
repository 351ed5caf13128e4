using LagoConsole.Core.Buyers;
using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Polling;

/// <summary>What readings of some subscriptions are written against, tracked by a transaction's context: read in as many queries as for one.</summary>
internal sealed class UsageBooks
{
    private readonly ILookup<string, BillingPeriod> _periods;
    private readonly ILookup<Guid, HighWaterMark> _marks;
    private readonly IReadOnlyDictionary<Guid, RoutingTable> _routes;

    private UsageBooks(ILookup<string, BillingPeriod> periods, ILookup<Guid, HighWaterMark> marks, IReadOnlyDictionary<Guid, RoutingTable> routes, JumpLimits limits)
    {
        _periods = periods;
        _marks = marks;
        _routes = routes;
        Limits = limits;
    }

    public JumpLimits Limits { get; }

    /// <param name="subscriptions">Lago ids.</param>
    public static async Task<UsageBooks> LoadAsync(
        LagoConsoleDbContext db, Guid integrationId, IReadOnlyCollection<string> subscriptions, IReadOnlyCollection<Guid> buyers, CancellationToken cancellationToken)
    {
        List<BillingPeriod> periods = await db.BillingPeriods.Where(period => subscriptions.Contains(period.SubscriptionLagoId)).ToListAsync(cancellationToken);
        List<Guid> open = [.. periods.Where(period => period.State != BillingPeriodState.Closed).Select(period => period.Id)];
        List<HighWaterMark> marks = await db.HighWaterMarks.Where(mark => open.Contains(mark.PeriodId)).ToListAsync(cancellationToken);
        IReadOnlyDictionary<Guid, RoutingTable> routes = await RoutingTable.LoadAsync(db, buyers, cancellationToken);
        JumpLimits limits = await LimitsAsync(db, integrationId, cancellationToken);
        await db.Meters // found among what is tracked
            .Where(meter => db.Entitlements.Any(entitlement => entitlement.Id == meter.EntitlementId && buyers.Contains(entitlement.BuyerId)))
            .LoadAsync(cancellationToken);
        return new UsageBooks(
            periods.ToLookup(period => period.SubscriptionLagoId, StringComparer.Ordinal), marks.ToLookup(mark => mark.PeriodId), routes, limits);
    }

    /// <summary>All periods of a subscription.</summary>
    public List<BillingPeriod> PeriodsOf(string subscriptionLagoId) => [.. _periods[subscriptionLagoId]];

    /// <summary>Null for a closed period, whose marks were not read.</summary>
    public List<HighWaterMark>? MarksOf(BillingPeriod period) => _marks.Contains(period.Id) ? [.. _marks[period.Id]] : null;

    public RoutingTable RoutesOf(Guid buyerId) => _routes[buyerId];

    /// <summary>Of an integration that is gone, none: what it showed is not held.</summary>
    public static async Task<JumpLimits> LimitsAsync(LagoConsoleDbContext db, Guid integrationId, CancellationToken cancellationToken) =>
        await db.Integrations.Where(integration => integration.Id == integrationId)
            .Select(integration => new JumpLimits(integration.JumpFactor, integration.JumpFloorMinor, integration.JumpAbsoluteMinor))
            .SingleOrDefaultAsync(cancellationToken) ?? new JumpLimits(0, 0, 0);
}
