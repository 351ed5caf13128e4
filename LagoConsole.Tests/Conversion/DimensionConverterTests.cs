using LagoConsole.Core.Buyers;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Products;
using Xunit;

namespace LagoConsole.Tests.Conversion;

public sealed class DimensionConverterTests
{
    private static readonly DateTimeOffset Seen = new(2026, 8, 20, 14, 5, 0, TimeSpan.Zero);

    [Fact]
    public void Money_goes_to_the_one_entitlement_that_fits()
    {
        Entitlement entitlement = Entitlement();
        RoutingDecision decision = Route([entitlement], [new RoutingTarget(entitlement, Dimension("USD"))]);

        Assert.Same(entitlement, Assert.IsType<RoutingDecision.To>(decision).Entitlement);
    }

    [Fact]
    public void R6_Without_an_entitlement_it_waits() => AssertWaits(WaitReason.NoEntitlement, Route([], []));

    [Fact]
    public void R6_Without_a_conversion_it_waits() => AssertWaits(WaitReason.NoConversion, Route([Entitlement()], []));

    [Fact]
    public void R6_Money_in_a_foreign_currency_waits()
    {
        Entitlement entitlement = Entitlement();
        AssertWaits(WaitReason.ForeignCurrency, Route([entitlement], [new RoutingTarget(entitlement, Dimension("EUR"))]));
    }

    [Theory]
    [InlineData(EntitlementState.PendingStart)]
    [InlineData(EntitlementState.Suspended)]
    [InlineData(EntitlementState.Cancelled)]
    public void R6_An_entitlement_that_is_not_active_gets_nothing(EntitlementState state)
    {
        Entitlement entitlement = Entitlement(state);
        AssertWaits(WaitReason.EntitlementNotActive, Route([entitlement], [new RoutingTarget(entitlement, Dimension("USD"))]));
    }

    [Fact]
    public void R18_An_entitlement_that_has_ended_takes_money_until_its_last_record_is_made()
    {
        Entitlement entitlement = Entitlement(EntitlementState.Cancelled, endsAt: Seen.AddMinutes(-5));
        RoutingTarget[] targets = [new RoutingTarget(entitlement, Dimension("USD"))];
        Assert.IsType<RoutingDecision.To>(Route([entitlement], targets));

        entitlement.DrainedAt = Seen;

        AssertWaits(WaitReason.EntitlementNotActive, Route([entitlement], targets));
    }

    [Fact]
    public void R18_Growth_seen_after_an_end_goes_to_the_one_that_was_open_by_then()
    {
        Entitlement ended = Entitlement(EntitlementState.Cancelled, endsAt: Seen.AddMinutes(-5));
        Entitlement successor = Entitlement(startsAt: Seen.AddMinutes(-5));

        RoutingDecision decision = Route([ended, successor], Both(ended, successor));

        Assert.Same(successor, Assert.IsType<RoutingDecision.To>(decision).Entitlement);
    }

    [Fact]
    public void R18_Of_two_purchases_that_follow_without_a_gap_the_later_takes_what_was_seen_at_the_change()
    {
        Entitlement ended = Entitlement(EntitlementState.Cancelled, endsAt: Seen);
        Entitlement successor = Entitlement(startsAt: Seen);

        RoutingDecision decision = Route([ended, successor], Both(ended, successor));

        Assert.Same(successor, Assert.IsType<RoutingDecision.To>(decision).Entitlement);
    }

    [Fact]
    public void R6_What_a_person_chose_for_the_growth_itself_goes_before_the_route_of_its_subscription()
    {
        Entitlement routed = Entitlement();
        Entitlement chosen = Entitlement();

        RoutingDecision decision = Route([routed, chosen], Both(routed, chosen), routed: [routed.Id], chosen: chosen.Id);

        Assert.Same(chosen, Assert.IsType<RoutingDecision.To>(decision).Entitlement);
    }

    [Fact]
    public void R6_Where_two_entitlements_fit_the_stored_route_of_the_subscription_decides()
    {
        Entitlement first = Entitlement();
        Entitlement second = Entitlement();

        RoutingDecision decision = Route([first, second], Both(first, second), routed: [second.Id]);

        Assert.Same(second, Assert.IsType<RoutingDecision.To>(decision).Entitlement);
    }

    [Fact]
    public void R6_A_route_is_kept_while_its_entitlement_rests()
    {
        Entitlement open = Entitlement();
        Entitlement meant = Entitlement(EntitlementState.Suspended);

        AssertWaits(WaitReason.EntitlementNotActive, Route([open, meant], Both(open, meant), routed: [meant.Id]));
    }

    [Fact]
    public void R6_A_person_may_send_growth_to_an_entitlement_that_starts_after_it_was_seen()
    {
        Entitlement ended = Entitlement(EntitlementState.Cancelled, endsAt: Seen.AddMinutes(-5));
        ended.DrainedAt = Seen;
        Entitlement successor = Entitlement(startsAt: Seen.AddDays(1));

        AssertWaits(WaitReason.EntitlementStartsLater, Route([ended, successor], Both(ended, successor)));
        RoutingDecision decision = Route([ended, successor], Both(ended, successor), chosen: successor.Id);

        Assert.Same(successor, Assert.IsType<RoutingDecision.To>(decision).Entitlement);
    }

    private static RoutingTarget[] Both(Entitlement first, Entitlement second) =>
        [new RoutingTarget(first, Dimension("USD")), new RoutingTarget(second, Dimension("USD"))];

    [Fact]
    public void R6_Growth_never_goes_to_an_entitlement_that_starts_after_it_was_seen()
    {
        Entitlement entitlement = Entitlement(startsAt: Seen.AddSeconds(1));
        AssertWaits(WaitReason.EntitlementStartsLater, Route([entitlement], [new RoutingTarget(entitlement, Dimension("USD"))]));
    }

    [Fact]
    public void R6_Where_two_entitlements_fit_nothing_is_guessed()
    {
        Entitlement first = Entitlement();
        Entitlement second = Entitlement();
        AssertWaits(
            WaitReason.SeveralEntitlements,
            Route([first, second], [new RoutingTarget(first, Dimension("USD")), new RoutingTarget(second, Dimension("USD"))]));
    }

    private static void AssertWaits(WaitReason reason, RoutingDecision decision) =>
        Assert.Equal(reason, Assert.IsType<RoutingDecision.Waits>(decision).Reason);

    private static RoutingDecision Route(
        Entitlement[] entitlements, RoutingTarget[] targets, Guid[]? routed = null, Guid? chosen = null) =>
        DimensionConverter.Route("USD", Seen, entitlements, targets, routed ?? [], chosen);

    private static Dimension Dimension(string currency) => new()
    {
        Id = Guid.NewGuid(),
        ProductId = Guid.Empty,
        Key = "usage_fee",
        Name = "Usage",
        Currency = currency,
        CreatedAt = Seen,
    };

    private static Entitlement Entitlement(
        EntitlementState state = EntitlementState.Active, DateTimeOffset? startsAt = null, DateTimeOffset? endsAt = null) => new()
        {
            Id = Guid.NewGuid(),
            BuyerId = Guid.Empty,
            ProductId = Guid.Empty,
            Marketplace = Marketplace.Aws,
            Identity = "Aws|us-east-1|x|222222222222",
            State = state,
            StartsAt = startsAt ?? Seen.AddDays(-30),
            EndsAt = endsAt,
            CreatedAt = Seen,
        };
}
