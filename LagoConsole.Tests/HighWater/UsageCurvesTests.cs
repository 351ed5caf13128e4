using LagoConsole.Core.HighWater;
using LagoConsole.Core.Reporting;
using LagoConsole.Tests.Reporting;
using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.HighWater;

public sealed class UsageCurvesTests
{
    [Fact]
    public void Each_look_stands_with_the_mark_as_it_then_was()
    {
        IReadOnlyList<CurvePoint> points = UsageCurves.Points(50, [(At(10), 300), (At(11), 330), (At(12), 310)], [(At(10), 300), (At(11), 330)]);

        Assert.Equal([new CurvePoint(At(10), 300, 300), new CurvePoint(At(11), 330, 330), new CurvePoint(At(12), 310, 330)], points);
    }

    [Fact]
    public void A_rise_without_a_look_keeps_the_last_total()
    {
        IReadOnlyList<CurvePoint> points = UsageCurves.Points(0, [(At(10), 900)], [(At(9), 100), (At(11), 900)]); // growth whose look is gone; a decision

        Assert.Equal([new CurvePoint(At(9), null, 100), new CurvePoint(At(10), 900, 100), new CurvePoint(At(11), 900, 900)], points);
    }

    [Fact]
    public void A_fall_makes_a_plateau_until_the_total_is_back()
    {
        IReadOnlyList<Plateau> plateaus = UsageCurves.Plateaus([Point(10, 400, 400), Point(11, 250, 400), Point(12, 300, 400), Point(13, 400, 400), Point(14, 390, 400)], 0);

        Assert.Equal([new Plateau(At(11), At(13), 400, 250), new Plateau(At(14), null, 400, 390)], plateaus);
    }

    [Fact]
    public void R15_What_was_refused_lengthens_the_plateau_that_runs()
    {
        // 1,000 were shown, and 400 of it decided: 600 are refused, and the total counts that much less until it has fallen so far.
        List<CurvePoint> points = [Point(10, 400, 400), Point(11, 1_000, 400), Point(12, 950, 400), Point(13, 999, 400)];

        Assert.Equal([new Plateau(At(12), null, 1_000, 950)], UsageCurves.Plateaus(points, refusedMinor: 600));
        Assert.Empty(UsageCurves.Plateaus(points[..2], refusedMinor: 600));
    }

    [Fact]
    public void Thinning_keeps_the_ends_and_every_fall()
    {
        List<CurvePoint> points = [.. Enumerable.Range(0, 4_000).Select(minute => new CurvePoint(At(0).AddMinutes(minute), minute == 1_777 ? 3 : 10_000 + minute, 10_000 + minute))];

        IReadOnlyList<CurvePoint> thin = UsageCurves.Thin(points, 400);

        Assert.InRange(thin.Count, 100, 404);
        Assert.Equal((points[0], points[^1]), (thin[0], thin[^1]));
        Assert.Contains(points[1_777], thin);
        Assert.Equal(thin.OrderBy(point => point.At), thin);
    }

    [Fact]
    public async Task A_curve_is_read_with_its_period()
    {
        using TestDatabase database = new();
        ReportBooks books = ReportBooks.Write(database);

        UsageCurve curve = Assert.IsType<UsageCurve>(await new UsageQueries(database, new AllocationStore(database, TimeProvider.System))
            .FindCurveAsync(books.Calls.Id, 2, Xunit.TestContext.Current.CancellationToken));

        CurvePeriod period = Assert.Single(curve.Periods);
        Assert.Equal(("USD", 0, 50L), (curve.Currency, curve.EarlierPeriods, period.BaselineMinor));
        Assert.Equal([(300L, 300L), (330L, 330L), (310L, 330L), (420L, 420L)], period.Points.Select(point => (point.TotalMinor!.Value, point.MarkMinor)));
        Assert.Equal([new Plateau(ReportBooks.At(12, 5), ReportBooks.At(13, 5), 330, 310)], period.Plateaus);
    }

    private static CurvePoint Point(int hour, long total, long mark) => new(At(hour), total, mark);

    private static DateTimeOffset At(int hour) => new(2026, 8, 20, hour, 0, 0, TimeSpan.Zero);
}
