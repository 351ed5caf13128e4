using LagoConsole.Core.Lago;
using LagoConsole.Core.Polling;

namespace LagoConsole.Core.Conversion;

/// <summary>Judges a conversion before it is stored. Pure.</summary>
public static class ConversionChecks
{
    /// <summary>Lago's name of the aggregation whose running total is a projection (T11).</summary>
    private const string WeightedSum = "weighted_sum_agg";

    /// <summary>Lago's name of the price whose total falls when a cheaper tier is reached (T12).</summary>
    private const string Volume = "volume";

    /// <summary>Why a typed metric code is refused, or null. Codes are exact: spaces around one are refused, not repaired.</summary>
    public static string? MetricCode(string? code) => code switch
    {
        null or "" => "Choose the Lago metric whose money goes to the dimension, or type its code.",
        _ when code.Trim() != code || string.IsNullOrWhiteSpace(code) => "The code begins or ends with a space. Type it exactly as it stands in Lago.",
        _ => LagoId.Problem(code) is null ? null : "No metric of Lago has such a code: it has at most 255 visible characters. Copy it from Lago.",
    };

    /// <summary>
    /// Whether money already counted can reach the dimension. All of it foreign: the conversion would do nothing, and is
    /// refused. Some of it: that part will wait, and the person is told.
    /// </summary>
    /// <param name="seen">Currencies in which Lago has counted this metric for buyers of the product.</param>
    public static CurrencyFit Currency(string metricCode, string dimensionKey, string dimensionCurrency, IReadOnlyCollection<string> seen)
    {
        List<string> foreign = [.. seen.Where(currency => currency != dimensionCurrency).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (foreign.Count == 0)
        {
            return new CurrencyFit.Fits();
        }

        string names = string.Join(", ", foreign);
        return foreign.Count == seen.Distinct(StringComparer.Ordinal).Count()
            ? new CurrencyFit.Foreign($"Lago counts {metricCode} in {names} for buyers of this product; {dimensionKey} is priced in {dimensionCurrency}, and money is never exchanged. Choose a dimension in {names}.")
            : new CurrencyFit.PartlyForeign($"Lago also counts {metricCode} in {names} for some buyers of this product; that money waits as foreign currency, because {dimensionKey} is priced in {dimensionCurrency}.");
    }

    /// <summary>Whether the metric's running total is a projection: it is reported at period close only, whatever a person chooses (R8).</summary>
    public static bool IsProjection(string? aggregationType) => aggregationType == WeightedSum;

    /// <summary>Whether these charges hold a volume price.</summary>
    public static bool HasVolumePrice(IEnumerable<ChargeAmount> charges) => charges.Any(charge => charge.ChargeModel == Volume);

    /// <summary>Said of metrics with a volume price.</summary>
    public const string VolumeAdvice =
        "Lago prices this metric by volume: its total falls when a cheaper tier is reached, and what was reported is never taken back. "
        + "Report it at period close only, unless the buyer must be billed within the period.";

    /// <summary>The warning of R8 for metrics whose running total is a projection, or null.</summary>
    public static string? ProjectionWarning(string? aggregationType) => IsProjection(aggregationType)
        ? "This metric is a weighted sum: its running total in Lago is a projection of the whole period and can fall again. Its money is reported once, when the period is closed."
        : null;
}

/// <summary>Whether the currency of a metric's money is the dimension's.</summary>
public abstract record CurrencyFit
{
    private CurrencyFit()
    {
    }

    public sealed record Fits : CurrencyFit;

    /// <summary>To be told.</summary>
    public sealed record PartlyForeign(string Sentence) : CurrencyFit;

    /// <summary>To be refused.</summary>
    public sealed record Foreign(string Sentence) : CurrencyFit;
}
