namespace LagoConsole.Sandbox.Lago;

/// <summary>
/// Minor units of the currencies that the sandbox sells in. Its own short list on purpose: the sandbox checks the
/// console and shares no rule with it.
/// </summary>
public static class LagoCurrency
{
    /// <summary>Minor units in one major unit.</summary>
    /// <exception cref="ArgumentException">Not a currency of the sandbox.</exception>
    public static int MinorPerMajor(string currency) => currency switch
    {
        "USD" or "EUR" or "GBP" => 100,
        "JPY" => 1,
        _ => throw new ArgumentException($"The sandbox has no prices in {currency}.", nameof(currency)),
    };

    /// <summary>Major units to whole minor units, halves up; below zero counts as zero, as in Lago.</summary>
    public static long ToMinor(decimal major, string currency) =>
        major <= 0 ? 0 : (long)decimal.Round(major * MinorPerMajor(currency), 0, MidpointRounding.AwayFromZero);
}
