using LagoConsole.Core.Buyers;
using LagoConsole.Core.Closing;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Polling;
using Xunit;

namespace LagoConsole.Tests.Closing;

/// <summary>Which stretch of a subscription's life no stored period covers (R4).</summary>
public sealed class PeriodGapTests
{
    private static readonly DateTimeOffset January = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Ended = January.AddMonths(2).AddDays(9);

    [Fact]
    public void R4_A_hole_never_reaches_over_a_period_that_is_stored()
    {
        IReadOnlyList<Span> holes = PeriodGap.Holes(
            Link(), Subscription(), [Period(January, January.AddMonths(1)), Period(January.AddMonths(2), Ended)], Ended.AddDays(2));

        Assert.Equal([new Span(January.AddMonths(1), January.AddMonths(2))], holes);
    }

    [Fact]
    public void R4_Each_hole_is_told_by_itself_to_the_end()
    {
        IReadOnlyList<Span> holes = PeriodGap.Holes(Link(), Subscription(), [Period(January.AddMonths(1), January.AddMonths(2))], Ended.AddDays(2));

        Assert.Equal([new Span(January, January.AddMonths(1)), new Span(January.AddMonths(2), Ended)], holes);
    }

    [Fact]
    public void R4_What_lies_after_the_link_was_removed_is_no_hole() =>
        Assert.Empty(PeriodGap.Holes(Link(until: January.AddMonths(1)), Subscription(), [Period(January, January.AddMonths(1))], Ended.AddDays(2)));

    [Fact]
    public void T6_Of_periods_with_one_end_the_one_with_the_same_start_is_meant()
    {
        BillingPeriod untold = Period(January.AddMonths(1), Ended);
        BillingPeriod march = Period(January.AddMonths(2), Ended);

        Assert.Same(march, PeriodMatch.Find([untold, march], January.AddMonths(2), Ended));
        Assert.Same(march, PeriodMatch.Find([march, untold], January.AddMonths(2), Ended));
    }

    private static BuyerLink Link(DateTimeOffset? until = null) => new()
    {
        Id = Guid.Empty,
        BuyerId = Guid.Empty,
        IntegrationId = Guid.Empty,
        LagoCustomerId = "cus",
        CustomerLagoId = "cus-1",
        LinkedAt = January,
        LinkedBy = "ada",
        UnlinkedAt = until,
    };

    private static SubscriptionResponse Subscription() => new()
    {
        LagoId = "sub-1",
        ExternalId = "sub",
        ExternalCustomerId = "cus",
        Status = SubscriptionResponse.Terminated,
        StartedAt = January,
        TerminatedAt = Ended,
    };

    private static BillingPeriod Period(DateTimeOffset start, DateTimeOffset end) => new()
    {
        Id = Guid.NewGuid(),
        IntegrationId = Guid.Empty,
        BuyerId = Guid.Empty,
        SubscriptionLagoId = "sub-1",
        SubscriptionExternalId = "sub",
        LagoCustomerId = "cus",
        PeriodStart = start,
        PeriodEnd = end,
        Currency = "USD",
    };
}
