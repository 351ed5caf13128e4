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

    public static async Task<RoutingTable> LoadAsync(LagoConsoleDbContext db, Guid buyerId, CancellationToken cancellationToken)
    {
        List<Entitlement> entitlements = await db.Entitlements.AsNoTracking()
            .Where(entitlement => entitlement.BuyerId == buyerId).ToListAsync(cancellationToken);
        List<Guid> products = [.. entitlements.Select(entitlement => entitlement.ProductId).Distinct()];
        var conversions = await db.DimensionConversions.AsNoTracking()
            .Where(conversion => products.Contains(conversion.ProductId))
            .Join(
                db.Dimensions.AsNoTracking(), conversion => conversion.DimensionId, dimension => dimension.Id,
                (conversion, dimension) => new { conversion.ProductId, conversion.MetricCode, conversion.ReportAtCloseOnly, Dimension = dimension })
            .ToListAsync(cancellationToken);

        ILookup<string, RoutingTarget> targets = conversions
            .Join(
                entitlements, conversion => conversion.ProductId, entitlement => entitlement.ProductId,
                (conversion, entitlement) => (conversion.MetricCode, Target: new RoutingTarget(entitlement, conversion.Dimension)))
            .ToLookup(pair => pair.MetricCode, pair => pair.Target, StringComparer.Ordinal);
        ILookup<string, Guid> routes = (await db.SubscriptionRoutes.AsNoTracking()
                .Where(route => route.BuyerId == buyerId).ToListAsync(cancellationToken))
            .ToLookup(route => route.SubscriptionLagoId, route => route.EntitlementId, StringComparer.Ordinal);
        HashSet<string> atCloseOnly = new(
            conversions.Where(conversion => conversion.ReportAtCloseOnly).Select(conversion => conversion.MetricCode), StringComparer.Ordinal);
        return new RoutingTable(entitlements, targets, routes, atCloseOnly);
    }

    /// <summary>Whether a person chose, on a conversion of one of the buyer's products, that the metric is billed at its period's close only (R8).</summary>
    public bool IsAtCloseOnly(string metricCode) => _atCloseOnly.Contains(metricCode);

    /// <param name="subscriptionLagoId">The Lago subscription whose usage grew.</param>
    public RoutingDecision Route(UsageIncrement increment, string subscriptionLagoId) => DimensionConverter.Route(
        increment.Currency, increment.SeenAt, _entitlements, [.. _targets[increment.MetricCode]],
        [.. _routes[subscriptionLagoId]], increment.RoutedEntitlementId);
}
