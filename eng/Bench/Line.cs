using System.Globalization;
using System.Text.Json.Serialization;

namespace LagoConsole.Bench;

/// <summary>One line of the table and of <c>artifacts/bench.json</c>.</summary>
/// <param name="Limit">What the least program takes for the same, or what it is held against.</param>
/// <param name="Goal">Of the ratio; null where none is set.</param>
/// <param name="Note">Spread and processor time, for the table.</param>
internal sealed record Line(
    [property: JsonPropertyName("case")] string Case,
    [property: JsonPropertyName("ours")] double Ours,
    [property: JsonPropertyName("limit")] double Limit,
    [property: JsonPropertyName("unit")] string Unit,
    [property: JsonPropertyName("goal")] double? Goal,
    [property: JsonPropertyName("note")] string Note)
{
    [JsonPropertyName("ratio")]
    public double Ratio => Math.Round(Ours / Limit, 3);

    [JsonPropertyName("met")]
    public bool? Met => Goal is { } goal ? Ratio <= goal : null;

    public static string Head => $"{"case",-66} {"ours",10} {"limit",10} {"unit",-12} {"ratio",7} {"goal",6} met  note";

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Case,-66} {Ours,10:0.###} {Limit,10:0.###} {Unit,-12} {Ratio,7:0.00} {(Goal is { } goal ? goal.ToString("0.##", CultureInfo.InvariantCulture) : "-"),6} {(Met is { } met ? met ? "yes" : "NO" : "-"),-4} {Note}");
}
