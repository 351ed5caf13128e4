using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;
using LagoConsole.Core.Waiting;
using Xunit;

namespace LagoConsole.Tests.Waiting;

public sealed class WaitingDeadlineTests
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(30);
    private static readonly DateTimeOffset End = new(2026, 8, 25, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void R18_Waiting_money_can_be_billed_until_the_last_purchase_makes_its_last_record() =>
        Assert.Equal(End.AddDays(2).AddMinutes(30), WaitingDeadline.Of([Entitlement(End), Entitlement(End.AddDays(2))], Margin)); // AWS takes for an hour after the end

    [Fact]
    public void Where_a_purchase_has_no_end_no_deadline_runs() =>
        Assert.Null(WaitingDeadline.Of([Entitlement(End), Entitlement(endsAt: null)], Margin));

    [Fact]
    public void Where_nothing_is_bought_no_deadline_runs() => Assert.Null(WaitingDeadline.Of([], Margin));

    [Fact]
    public void What_is_drained_or_cancelled_at_once_takes_nothing_and_sets_none()
    {
        Entitlement drained = Entitlement(End, EntitlementState.Cancelled);
        drained.DrainedAt = End.AddHours(1);

        Assert.Null(WaitingDeadline.Of([drained, Entitlement(endsAt: null, EntitlementState.Cancelled)], Margin));
    }

    [Fact]
    public void A_purchase_that_rests_still_sets_one() =>
        Assert.Equal(End.AddMinutes(30), WaitingDeadline.Of([Entitlement(End, EntitlementState.Suspended)], Margin));

    private static Entitlement Entitlement(DateTimeOffset? endsAt, EntitlementState state = EntitlementState.Active) => new()
    {
        Id = Guid.NewGuid(),
        BuyerId = Guid.Empty,
        ProductId = Guid.Empty,
        Marketplace = Marketplace.Aws,
        Identity = "aws",
        State = state,
        StartsAt = End.AddMonths(-1),
        EndsAt = endsAt,
        CreatedAt = End.AddMonths(-1),
    };
}
