namespace LagoConsole.Core.Products;

/// <summary>Which price is in force (R9). Pure.</summary>
public static class PriceBook
{
    /// <summary>
    /// The latest price of the dimension that had begun at <paramref name="at"/>; an entitlement's own price
    /// wins over the dimension's. Null when none had begun: the money then waits for a price.
    /// </summary>
    /// <param name="prices">All prices of one dimension, in any order.</param>
    public static DimensionPrice? InForce(IEnumerable<DimensionPrice> prices, Guid entitlementId, DateTimeOffset at) => prices
        .Where(price => price.EffectiveFrom <= at && (price.EntitlementId is null || price.EntitlementId == entitlementId))
        .OrderByDescending(price => price.EntitlementId is not null)
        .ThenByDescending(price => price.EffectiveFrom)
        .FirstOrDefault();
}
