using System.Text;
using LagoConsole.Components.Shared;
using LagoConsole.Core.HighWater;

namespace LagoConsole.Components.Usage;

/// <summary>Draws the lines of a usage curve as steps: an amount stands until the next look. Pure.</summary>
internal static class UsagePath
{
    /// <summary>What Lago showed, from the first look of the period on; empty where no look is left.</summary>
    /// <param name="until">How far the last amount stands.</param>
    public static string Total(IReadOnlyList<CurvePoint> points, DateTimeOffset until, ChartScale scale)
    {
        List<CurvePoint> seen = [.. points.Where(point => point.TotalMinor is not null)];
        return seen.Count == 0 ? "" : Steps(seen.Select(point => (point.At, point.TotalMinor!.Value)), seen[0].At, seen[0].TotalMinor!.Value, until, scale);
    }

    /// <summary>The mark: the period begins at its baseline.</summary>
    public static string Mark(CurvePeriod period, DateTimeOffset until, ChartScale scale) =>
        Steps(period.Points.Select(point => (point.At, point.MarkMinor)), period.Start, period.BaselineMinor, until, scale);

    private static string Steps(IEnumerable<(DateTimeOffset At, long Minor)> points, DateTimeOffset start, long first, DateTimeOffset until, ChartScale scale)
    {
        StringBuilder path = new($"M{ChartScale.Number(scale.X(start))} {ChartScale.Number(scale.Y(first))}");
        foreach ((DateTimeOffset at, long minor) in points)
        {
            path.Append('H').Append(ChartScale.Number(scale.X(at))).Append('V').Append(ChartScale.Number(scale.Y(minor)));
        }

        return path.Append('H').Append(ChartScale.Number(scale.X(until))).ToString();
    }
}
