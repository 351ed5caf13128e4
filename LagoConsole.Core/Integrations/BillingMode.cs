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
}
