using LagoConsole.Core.HighWater;
using LagoConsole.Core.Polling;
using Xunit;

namespace LagoConsole.Tests.HighWater;

public sealed class JumpRuleTests
{
    private static readonly DateTimeOffset Start = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly JumpLimits Limits = new(Factor: 20, FloorMinor: 100_000, AbsoluteMinor: 10_000_000);

    [Theory]
    [InlineData(100, 2_400_000, 1, 480_000)] // 24,000 an hour: 20 times as much is still taken
    [InlineData(100, 2_400_000, 6, 2_880_000)] // six hours without a poll
    [InlineData(100, 0, 1, 100_000)] // nothing is usual: the floor
    [InlineData(100, 10_000, 1, 100_000)] // 100 an hour: the floor is more
    [InlineData(24, 240_000, 1, 200_000)] // a whole day tells what is usual
    public void R15_A_known_key_may_grow_by_a_multiple_of_what_it_usually_does(int hoursOld, long grown, int hoursSincePoll, long limit) =>
        Assert.Equal(limit, JumpRule.Limit(
            Limits, Mark(grown), SnapshotSource.Poll, Start.AddHours(hoursOld), isFirstSight: false, previousTotalMinor: 0, TimeSpan.FromHours(hoursSincePoll)));

    [Theory]
    [InlineData(100, SnapshotSource.Close, false, 0, 10_000_000)] // a closing
    [InlineData(100, SnapshotSource.Poll, true, 0, 10_000_000)] // a first sight
    [InlineData(100, SnapshotSource.Poll, true, 25_000_000, 25_000_000)] // as much as the period before showed
    [InlineData(100, SnapshotSource.Close, false, 25_000_000, 10_000_000)] // which is expected of a first sight only
    [InlineData(23, SnapshotSource.Poll, false, 0, 10_000_000)] // a young key: nothing is usual yet
    public void R15_Where_nothing_tells_what_is_usual_an_absolute_limit_holds(
        int hoursOld, SnapshotSource source, bool firstSight, long previous, long limit) =>
        Assert.Equal(limit, JumpRule.Limit(
            Limits, Mark(2_400_000), source, Start.AddHours(hoursOld), firstSight, previous, TimeSpan.FromHours(1)));

    [Fact]
    public void R15_A_limit_of_zero_holds_nothing()
    {
        JumpLimits none = new(Factor: 0, FloorMinor: 100_000, AbsoluteMinor: 0);

        Assert.Null(JumpRule.Limit(none, Mark(1), SnapshotSource.Poll, Start.AddHours(100), false, 0, TimeSpan.FromHours(1)));
        Assert.Null(JumpRule.Limit(none, Mark(1), SnapshotSource.Close, Start.AddHours(100), false, 0, TimeSpan.FromHours(1)));
    }

    [Fact]
    public void R15_A_limit_beyond_any_amount_of_money_holds_nothing() => Assert.Null(JumpRule.Limit( // 20 × 9·10¹⁶ an hour × 6 hours
        Limits, Mark(9_000_000_000_000_000_000), SnapshotSource.Poll, Start.AddHours(100), false, 0, TimeSpan.FromHours(6)));

    private static HighWaterMark Mark(long grown) => new()
    {
        Id = Guid.Empty,
        PeriodId = Guid.Empty,
        MetricCode = "api_calls",
        Currency = "USD",
        BaselineMinor = 5_000,
        AmountMinor = 5_000 + grown,
        FirstSeenAt = Start,
        LastTotalMinor = 5_000 + grown,
        LastTotalAt = Start,
        LastCharges = [],
    };
}
