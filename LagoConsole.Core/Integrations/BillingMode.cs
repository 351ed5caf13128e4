namespace LagoConsole.Core.Integrations;

/// <summary>How often growth becomes usage records (R17). Lago is polled every hour in both.</summary>
public enum BillingMode
{
    /// <summary>Growth is released after each poll.</summary>
    AmountHourly = 1,

    /// <summary>Growth is released once a UTC day, at the first run after midnight.</summary>
    AmountDaily = 2,
}

/// <summary>The names that the product's users know, in pages, tables and exports.</summary>
public static class BillingModeNames
{
    public static string Label(this BillingMode mode) => mode switch
    {
        BillingMode.AmountHourly => "AMOUNT_HOURLY",
        BillingMode.AmountDaily => "AMOUNT_DAILY",
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Not a billing mode."),
    };

    /// <summary>
    /// What speaks against a mode for buyers at Google Cloud Marketplace, whose guidance on usage reporting asks for each hour's usage
    /// within the hour after; null where nothing does.
    /// </summary>
    /// <param name="googleBuyers">Linked buyers with a purchase at Google.</param>
    public static string? GoogleWarning(this BillingMode mode, int googleBuyers) => mode == BillingMode.AmountHourly || googleBuyers == 0
        ? null
        : $"{(googleBuyers == 1 ? "One buyer buys" : $"{googleBuyers} buyers buy")} through Google Cloud Marketplace, which asks for usage within an hour of its use. "
            + "With AMOUNT_DAILY it comes up to a day late, and after a month's end on the buyer's next invoice. Nothing is lost; AMOUNT_HOURLY keeps Google's rule.";
}
