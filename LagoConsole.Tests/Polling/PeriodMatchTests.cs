using LagoConsole.Core.Polling;
using Xunit;

namespace LagoConsole.Tests.Polling;

public sealed class PeriodMatchTests
{
    private static readonly DateTimeOffset End = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, true)]
    [InlineData(26, true)] // a change of time zone across the date line
    [InlineData(-26, true)]
    [InlineData(27, false)]
    [InlineData(24 * 7, false)] // the shortest real step: a week
    [InlineData(24 * 30, false)]
    public void T6_A_period_is_the_same_while_its_end_moves_by_no_more_than_a_time_zone(int hours, bool same) =>
        Assert.Equal(same, PeriodMatch.Find([Period(End)], End.AddDays(-90), End.AddHours(hours)) is not null);

    [Fact]
    public void T6_The_nearest_of_several_known_periods_is_taken()
    {
        BillingPeriod near = Period(End.AddHours(2));

        Assert.Same(near, PeriodMatch.Find([Period(End.AddHours(-20)), near, Period(End.AddDays(-31))], End.AddDays(-90), End));
    }

    [Fact]
    public void T27_A_period_whose_end_moved_far_is_known_by_its_start()
    {
        BillingPeriod endedEarly = Period(End.AddDays(-20));

        Assert.Same(endedEarly, PeriodMatch.Find([endedEarly], endedEarly.PeriodStart, End));
        Assert.Null(PeriodMatch.Find([endedEarly], endedEarly.PeriodEnd, End));
    }

    [Theory]
    [InlineData(10, 10, true)] // 21 of 31 days are shared
    [InlineData(20, 20, false)] // less than half of them
    [InlineData(31, 31, false)] // the next period
    public void T27_A_period_that_slid_over_an_open_one_is_taken_for_it(int startDays, int endDays, bool same)
    {
        BillingPeriod open = Period(End);
        DateTimeOffset start = open.PeriodStart.AddDays(startDays);

        Assert.Equal(same, PeriodMatch.Slid([open], start, End.AddDays(endDays)) is not null);
        open.State = BillingPeriodState.Ended;
        Assert.Null(PeriodMatch.Slid([open], start, End.AddDays(endDays)));
    }

    private static BillingPeriod Period(DateTimeOffset end) => new()
    {
        Id = Guid.NewGuid(),
        IntegrationId = Guid.Empty,
        BuyerId = Guid.Empty,
        SubscriptionLagoId = "s",
        SubscriptionExternalId = "s",
        LagoCustomerId = "c",
        PeriodStart = end.AddDays(-31),
        PeriodEnd = end,
        Currency = "USD",
    };
}
