using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Core.Reconciliation;

/// <summary>Which days are compared.</summary>
/// <param name="From">First day; midnight, UTC.</param>
/// <param name="Until">The day after the last.</param>
/// <param name="Buyer">Part of the buyer's name; null for all, and for purchases that this console does not know.</param>
public sealed record ReconciliationFilter(DateTimeOffset From, DateTimeOffset Until, string? Buyer = null);

/// <summary>One purchase, dimension and day.</summary>
/// <param name="BuyerId">Null for a purchase that this console does not know.</param>
/// <param name="ResourceId">Azure's id of the subscription.</param>
/// <param name="Total">What Azure holds of it; null where it was not asked.</param>
/// <param name="UnitPriceMinor">What a unit costs that day; null where that is not known.</param>
public sealed record ReconciliationRow(
    Guid? BuyerId, string? BuyerName, string? ProductName, Guid ResourceId, string DimensionKey, DateTimeOffset Day,
    DayBooks Books, DayTotal? Total, DateTimeOffset? ReadAt, decimal? UnitPriceMinor, string? Currency, DayComparison Comparison)
{
    /// <summary>Azure's money less ours; null where no price is known.</summary>
    public decimal? DifferenceMinor => Comparison.Difference * UnitPriceMinor;

    /// <summary>Accepted money.</summary>
    public decimal? AcceptedMinor => Books.Accepted * UnitPriceMinor;
}

/// <summary>A record that only a person or a later read can settle.</summary>
/// <param name="Because">What a proof by Azure's usage events lacks; null where none was tried, or there is none (AWS, Google).</param>
public sealed record UnresolvedRow(RecordRow Record, string? Because);

/// <summary>Who says that nothing but this console reports a product's usage.</summary>
public sealed record SoleWriterRow(Guid ProductId, string ProductName, Marketplace Marketplace, string? ConfirmedBy, DateTimeOffset? ConfirmedAt);

/// <summary>What the page shows.</summary>
/// <param name="Rows">What differs first, then the newest days.</param>
/// <param name="LastReadAt">When Azure was last asked for one of these days; null if never.</param>
/// <param name="Unresolved">The first of each marketplace, the oldest hour first.</param>
/// <param name="UnresolvedCount">All of them.</param>
public sealed record ReconciliationOverview(
    IReadOnlyList<ReconciliationRow> Rows, DateTimeOffset? LastReadAt, bool SellsAtAzure, IReadOnlyList<UnresolvedRow> Unresolved,
    IReadOnlyDictionary<Marketplace, int> UnresolvedCount, IReadOnlyList<SoleWriterRow> Writers);
