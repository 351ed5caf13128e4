using LagoConsole.Core.Polling;

namespace LagoConsole.Core.HighWater;

/// <summary>What Lago showed at an instant, and the mark after it. Minor units.</summary>
/// <param name="TotalMinor">Null before the first look, and where the looks are gone with their integration.</param>
public sealed record CurvePoint(DateTimeOffset At, long? TotalMinor, long MarkMinor);

/// <summary>A time in which the total was below what was counted already: the mark stood, and nothing was billed.</summary>
/// <param name="Until">When the total was back; null while it is not.</param>
/// <param name="ResumesAboveMinor">Growth counts again above this.</param>
/// <param name="LowestMinor">The lowest total of that time.</param>
public sealed record Plateau(DateTimeOffset From, DateTimeOffset? Until, long ResumesAboveMinor, long LowestMinor);

/// <summary>One billing period of the curve.</summary>
/// <param name="End">Exclusive.</param>
/// <param name="BaselineMinor">What the mark began at.</param>
/// <param name="Points">Oldest first.</param>
public sealed record CurvePeriod(
    Guid MarkId, DateTimeOffset Start, DateTimeOffset End, BillingPeriodState State, long BaselineMinor, IReadOnlyList<CurvePoint> Points, IReadOnlyList<Plateau> Plateaus);

/// <summary>What one metric of one subscription showed over its last billing periods, oldest first.</summary>
/// <param name="EarlierPeriods">How many periods of it lie before these.</param>
public sealed record UsageCurve(string Currency, IReadOnlyList<CurvePeriod> Periods, int EarlierPeriods);

/// <summary>Makes the curve of one key. Pure.</summary>
public static class UsageCurves
{
    /// <summary>Each look and each rise of the mark, oldest first.</summary>
    /// <param name="looks">In the order of time.</param>
    /// <param name="rises">When the mark rose, and to what.</param>
    public static IReadOnlyList<CurvePoint> Points(
        long baselineMinor, IReadOnlyList<(DateTimeOffset At, long TotalMinor)> looks, IEnumerable<(DateTimeOffset At, long ToMinor)> rises)
    {
        ILookup<DateTimeOffset, long> totals = looks.ToLookup(look => look.At, look => look.TotalMinor);
        ILookup<DateTimeOffset, long> marks = rises.ToLookup(rise => rise.At, rise => rise.ToMinor);
        long mark = baselineMinor;
        long? total = null;
        List<CurvePoint> points = [];
        foreach (DateTimeOffset at in totals.Select(group => group.Key).Concat(marks.Select(group => group.Key)).Distinct().Order())
        {
            mark = marks[at].Append(mark).Max();
            total = totals[at].Any() ? totals[at].Last() : total;
            points.Add(new CurvePoint(at, total, mark));
        }

        return points;
    }

    /// <param name="refusedMinor">What a person refused of the key and still counts: the last plateau ends that much later (R15).</param>
    public static IReadOnlyList<Plateau> Plateaus(IReadOnlyList<CurvePoint> points, long refusedMinor)
    {
        int running = points.Count;
        while (running > 0 && points[running - 1].TotalMinor < points[running - 1].MarkMinor + refusedMinor)
        {
            running--;
        }

        List<Plateau> plateaus = [];
        List<CurvePoint> below = [];
        for (int index = 0; index < points.Count; index++)
        {
            if (index >= running || points[index].TotalMinor < points[index].MarkMinor)
            {
                below.Add(points[index]);
            }
            else if (below.Count > 0)
            {
                plateaus.Add(Of(below, points[index].At, 0));
                below = [];
            }
        }

        if (below.Count > 0)
        {
            plateaus.Add(Of(below, until: null, refusedMinor));
        }

        return plateaus;

        static Plateau Of(List<CurvePoint> below, DateTimeOffset? until, long refusedMinor) =>
            new(below[0].At, until, checked(below[^1].MarkMinor + refusedMinor), below.Min(point => point.TotalMinor!.Value));
    }

    /// <summary>
    /// At most about <paramref name="most"/> points: of each stretch of time the first, the last, and those with the lowest and
    /// the highest total stay, so that no fall vanishes from the picture.
    /// </summary>
    public static IReadOnlyList<CurvePoint> Thin(IReadOnlyList<CurvePoint> points, int most)
    {
        if (points.Count <= most)
        {
            return points;
        }

        int stretch = (int)Math.Ceiling(points.Count / (decimal)Math.Max(1, most / 4));
        return
        [
            .. points.Chunk(stretch).SelectMany(chunk => new[] { chunk[0], chunk.MinBy(point => point.TotalMinor)!, chunk.MaxBy(point => point.TotalMinor)!, chunk[^1] }
                .Distinct().OrderBy(point => point.At)),
        ];
    }
}
