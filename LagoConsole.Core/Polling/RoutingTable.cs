using LagoConsole.Core.Buyers;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Polling;

/// <summary>Everything that decides where one buyer's money goes, as stored at one moment.</summary>
internal sealed class RoutingTable
{
    private readonly List<Entitlement> _entitlements;
    private readonly ILookup<string, RoutingTarget> _targets;
    private readonly ILookup<string, Guid> _routes;
    private readonly HashSet<string> _atCloseOnly;

    private RoutingTable(
        List<Entitlement> entitlements, ILookup<string, RoutingTarget> targets, ILookup<string, Guid> routes, HashSet<string> atCloseOnly)
    {
        _entitlements = entitlements;
        _targets = targets;
        _routes = routes;
        _atCloseOnly = atCloseOnly;
    }

    /// <summary>One buyer's.</summary>
    public static async Task<RoutingTable> LoadAsync(LagoConsoleDbContext db, Guid buyerId, CancellationToken cancellationToken) =>
        (await LoadAsync(db, [buyerId], cancellationToken))[buyerId];

    /// <summary>Several buyers', in as many queries as for one.</summary>
    public static async Task<IReadOnlyDictionary<Guid, RoutingTable>> LoadAsync(
        LagoConsoleDbContext db, IReadOnlyCollection<Guid> buyerIds, CancellationToken cancellationToken)
    {
        List<Entitlement> all = await db.Entitlements.AsNoTracking()
            .Where(entitlement => buyerIds.Contains(entitlement.BuyerId)).ToListAsync(cancellationToken);
        List<Guid> products = [.. all.Select(entitlement => entitlement.ProductId).Distinct()];
        var conversions = (await db.DimensionConversions.AsNoTracking()
            .Where(conversion => products.Contains(conversion.ProductId))
            .Join(
                db.Dimensions.AsNoTracking(), conversion => conversion.DimensionId, dimension => dimension.Id,
                (conversion, dimension) => new { conversion.ProductId, conversion.MetricCode, conversion.ReportAtCloseOnly, Dimension = dimension })
            .ToListAsync(cancellationToken)).ToLookup(conversion => conversion.ProductId);
        ILookup<Guid, SubscriptionRoute> routes = (await db.SubscriptionRoutes.AsNoTracking()
            .Where(route => buyerIds.Contains(route.BuyerId)).ToListAsync(cancellationToken)).ToLookup(route => route.BuyerId);
        ILookup<Guid, Entitlement> entitlements = all.ToLookup(entitlement => entitlement.BuyerId);
        return buyerIds.Distinct().ToDictionary(buyer => buyer, buyer => new RoutingTable(
            [.. entitlements[buyer]],
            entitlements[buyer]
                .SelectMany(entitlement => conversions[entitlement.ProductId]
                    .Select(conversion => (conversion.MetricCode, Target: new RoutingTarget(entitlement, conversion.Dimension))))
                .ToLookup(pair => pair.MetricCode, pair => pair.Target, StringComparer.Ordinal),
            routes[buyer].ToLookup(route => route.SubscriptionLagoId, route => route.EntitlementId, StringComparer.Ordinal),
            new HashSet<string>(
                entitlements[buyer].SelectMany(entitlement => conversions[entitlement.ProductId])
                    .Where(conversion => conversion.ReportAtCloseOnly).Select(conversion => conversion.MetricCode),
                StringComparer.Ordinal)));
    }

    /// <summary>Of the buyer's purchases: what its meters are found by.</summary>
    public IEnumerable<string> Identities => _entitlements.Select(entitlement => entitlement.Identity);

    /// <summary>Whether a person chose, on a conversion of one of the buyer's products, that the metric is billed at its period's close only (R8).</summary>
    public bool IsAtCloseOnly(string metricCode) => _atCloseOnly.Contains(metricCode);

    /// <param name="subscriptionLagoId">The Lago subscription whose usage grew.</param>
    public RoutingDecision Route(UsageIncrement increment, string subscriptionLagoId) => DimensionConverter.Route(
        increment.Currency, increment.SeenAt, _entitlements, [.. _targets[increment.MetricCode]],
        [.. _routes[subscriptionLagoId]], increment.RoutedEntitlementId);
}
