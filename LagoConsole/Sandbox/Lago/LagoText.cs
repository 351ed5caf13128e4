using System.Globalization;

namespace LagoConsole.Sandbox.Lago;

/// <summary>How Lago writes times and numbers.</summary>
internal static class LagoText
{
    public static string Seconds(DateTimeOffset instant) =>
        instant.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string? Seconds(DateTimeOffset? instant) => instant is { } known ? Seconds(known) : null;

    public static string Milliseconds(DateTimeOffset instant) =>
        instant.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string Date(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Plain decimal text with at least one digit after the point.</summary>
    public static string Units(decimal units) => units.ToString("0.0###################", CultureInfo.InvariantCulture);

    public static string Amount(decimal major) => major.ToString("0.############", CultureInfo.InvariantCulture);

    public static string Snake(Enum value) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    public static string Aggregation(LagoAggregation aggregation) => Snake(aggregation) + "_agg";
}
