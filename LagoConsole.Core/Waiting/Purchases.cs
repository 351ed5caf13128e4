using LagoConsole.Core.Buyers;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Waiting;

/// <summary>An entitlement that waiting money can be billed on: it takes money, and its product converts the metric in the currency.</summary>
public sealed record WaitingTarget(
    Guid EntitlementId, Guid ProductId, string ProductName, string Identity, EntitlementState State, DateTimeOffset StartsAt, DateTimeOffset? EndsAt, string DimensionKey);

/// <summary>What some buyers bought, as stored at one moment: where their waiting money could go, and until when.</summary>
internal sealed class Purchases
{
    private readonly ILookup<Guid, Bought> _byBuyer;
    private readonly ILookup<(Guid ProductId, string MetricCode), Dimension> _dimensions;

    private Purchases(ILookup<Guid, Bought> byBuyer, ILookup<(Guid, string), Dimension> dimensions)
    {
        _byBuyer = byBuyer;
        _dimensions = dimensions;
    }

    /// <param name="buyers">Ids, asked of the database: there may be thousands.</param>
    public static async Task<Purchases> LoadAsync(LagoConsoleDbContext db, IQueryable<Guid> buyers, CancellationToken cancellationToken)
    {
        List<Bought> bought = await db.Entitlements.AsNoTracking()
            .Where(entitlement => buyers.Contains(entitlement.BuyerId)).OrderBy(entitlement => entitlement.StartsAt)
            .Join(db.Products, entitlement => entitlement.ProductId, product => product.Id, (entitlement, product) => new Bought(entitlement, product.Name))
            .ToListAsync(cancellationToken);
        var conversions = await db.DimensionConversions.AsNoTracking()
            .Join(db.Dimensions.AsNoTracking(), conversion => conversion.DimensionId, dimension => dimension.Id, (conversion, dimension) => new { conversion.ProductId, conversion.MetricCode, Dimension = dimension })
            .ToListAsync(cancellationToken);
        return new Purchases(
            bought.ToLookup(row => row.Entitlement.BuyerId),
            conversions.ToLookup(row => (row.ProductId, row.MetricCode), row => row.Dimension));
    }

    /// <summary>The one product that the buyer bought; null when there is none, or more than one.</summary>
    public Guid? ProductOf(Guid buyerId) => _byBuyer[buyerId].Select(row => row.Entitlement.ProductId).Distinct().ToList() is [var only] ? only : null;

    /// <summary>Where money of this metric and currency can go now, if a person says so.</summary>
    public IReadOnlyList<WaitingTarget> TargetsOf(Guid buyerId, string metricCode, string currency) =>
    [
        .. from row in Converting(buyerId, metricCode, currency)
           where row.Bought.Entitlement.TakesMoney
           let entitlement = row.Bought.Entitlement
           select new WaitingTarget(
               entitlement.Id, entitlement.ProductId, row.Bought.ProductName, entitlement.Identity, entitlement.State, entitlement.StartsAt, entitlement.EndsAt, row.Dimension.Key),
    ];

    /// <inheritdoc cref="WaitingDeadline.Of"/>
    public DateTimeOffset? DeadlineOf(Guid buyerId, string metricCode, string currency, TimeSpan margin)
    {
        List<Entitlement> converting = [.. Converting(buyerId, metricCode, currency).Select(row => row.Bought.Entitlement)];
        return WaitingDeadline.Of(converting.Count > 0 ? converting : _byBuyer[buyerId].Select(row => row.Entitlement), margin);
    }

    /// <summary>When the last of the purchases that the metric is billed on ends within this period, the period's own end at the latest.</summary>
    public DateTimeOffset EndWithin(BillingPeriod period, string metricCode, string currency) =>
        Converting(period.BuyerId, metricCode, currency).Select(row => row.Bought.Entitlement.EndsAt)
            .Where(end => end > period.PeriodStart && end < period.PeriodEnd).Max() ?? period.PeriodEnd;

    private IEnumerable<(Bought Bought, Dimension Dimension)> Converting(Guid buyerId, string metricCode, string currency) =>
        from bought in _byBuyer[buyerId]
        from dimension in _dimensions[(bought.Entitlement.ProductId, metricCode)]
        where dimension.Currency == currency
        select (bought, dimension);

    private sealed record Bought(Entitlement Entitlement, string ProductName);
}
