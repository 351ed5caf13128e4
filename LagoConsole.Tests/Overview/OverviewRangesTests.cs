using LagoConsole.Core.Overview;
using Xunit;

namespace LagoConsole.Tests.Overview;

public sealed class OverviewRangesTests
{
    private static readonly DateTimeOffset _now = new(2026, 8, 20, 13, 50, 0, TimeSpan.Zero);

    [Fact]
    public void Today_is_its_hours_the_present_one_its_parts_and_days_before_are_whole()
    {
        IReadOnlyList<TimeRange> ranges = OverviewRanges.Since(new DateTimeOffset(2026, 8, 18, 0, 0, 0, TimeSpan.Zero), _now);

        Assert.Equal(2 + 13 + 6, ranges.Count); // the 18th, the 19th, the hours from 00 to 12, and six parts of the present one
        Assert.Equal(new TimeRange(At(18, 0), At(19, 0)), ranges[0]);
        Assert.Equal(new TimeRange(At(20, 0), At(20, 1)), ranges[2]);
        Assert.Equal(new TimeRange(At(20, 12), At(20, 13)), ranges[14]);
        Assert.Equal(new TimeRange(At(20, 13), At(20, 13).AddMinutes(10)), ranges[15]);
        Assert.Equal(new TimeRange(_now, At(20, 14)), ranges[^1]);
    }

    [Theory]
    [InlineData("2026-07-31T22:00:00Z")] // midnight of a zone two hours ahead
    [InlineData("2026-08-20T05:30:00Z")]
    [InlineData("2026-08-20T13:50:00Z")]
    [InlineData("2025-08-20T00:00:00Z")]
    [InlineData("2026-08-20T13:17:00Z")]
    public void Ranges_follow_one_on_another_from_the_start_until_after_now(string start)
    {
        DateTimeOffset from = DateTimeOffset.Parse(start, System.Globalization.CultureInfo.InvariantCulture);

        IReadOnlyList<TimeRange> ranges = OverviewRanges.Since(from, _now);

        Assert.Equal(from, ranges[0].From);
        Assert.Equal(At(20, 14), ranges[^1].Until);
        Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.Equal(pair.First.Until, pair.Second.From));
    }

    [Fact]
    public void The_chart_ends_with_the_present_hour_and_day()
    {
        Assert.Equal((24, At(19, 14), At(20, 14)), (OverviewRanges.HoursOf(_now).Count, OverviewRanges.HoursOf(_now)[0].From, OverviewRanges.HoursOf(_now)[^1].Until));
        Assert.Equal((31, At(21, 0)), (OverviewRanges.DaysOf(_now).Count, OverviewRanges.DaysOf(_now)[^1].Until));
        Assert.Equal(new DateTimeOffset(2026, 7, 21, 0, 0, 0, TimeSpan.Zero), OverviewRanges.DaysOf(_now)[0].From);
    }

    [Fact]
    public void An_end_belongs_to_the_next_range()
    {
        TimeRange hour = new(At(20, 12), At(20, 13));

        Assert.True(hour.Contains(At(20, 12)));
        Assert.False(hour.Contains(At(20, 13)));
    }

    private static DateTimeOffset At(int day, int hour) => new(2026, 8, day, hour, 0, 0, TimeSpan.Zero);
}
