namespace LagoConsole.Core.Products;

/// <summary>
/// From when on a new price holds. A price never reaches back over what was billed (R9): a later price begins now or
/// later. Only a first price may begin in the past, because nothing was billed without one. Pure.
/// </summary>
public static class PriceStart
{
    /// <summary>How far before a product was entered its first prices begin: marketplaces take usage up to a day late (AWS, Azure).</summary>
    private static readonly TimeSpan FirstReach = TimeSpan.FromHours(24);

    /// <summary>
    /// Where nothing is typed. A dimension's first list price begins a day before the product was entered here, so that
    /// the hour just closed has a price; an entitlement's first own price begins with the hour in which the entitlement
    /// starts, so that a private offer never bills its first hour at list price; every other price begins now.
    /// </summary>
    /// <param name="now">The present.</param>
    /// <param name="productCreatedAt">When the product was entered.</param>
    /// <param name="entitlementStartsAt">Null for a list price.</param>
    /// <param name="hasEarlierPrice">The dimension (or the entitlement, for its own price) already has a price.</param>
    /// <param name="lastBilledSlot">The latest hour that a record of the dimension (or of the entitlement's meter for it) was made for.</param>
    public static DateTimeOffset Default(
        DateTimeOffset now, DateTimeOffset productCreatedAt, DateTimeOffset? entitlementStartsAt,
        bool hasEarlierPrice, DateTimeOffset? lastBilledSlot)
    {
        if (hasEarlierPrice)
        {
            return now;
        }

        DateTimeOffset first = entitlementStartsAt is { } startsAt ? FloorToHour(startsAt) : FloorToHour(productCreatedAt) - FirstReach;
        return lastBilledSlot >= first ? now : first;
    }

    /// <summary>Why a typed start is refused, or null.</summary>
    public static string? Problem(DateTimeOffset from, DateTimeOffset now, bool hasEarlierPrice, DateTimeOffset? lastBilledSlot)
    {
        if (from >= now)
        {
            return null;
        }

        if (hasEarlierPrice)
        {
            return "A price cannot begin in the past: what was billed keeps the price it was billed at. Choose a later moment, or leave the field empty for now.";
        }

        return lastBilledSlot >= from
            ? "Usage from that time on was already billed at another price, and stays so. Choose a later moment, or leave the field empty for now."
            : null;
    }

    private static DateTimeOffset FloorToHour(DateTimeOffset instant) => Conversion.ReportingWindow.FloorToHour(instant);
}
