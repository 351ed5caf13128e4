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
    public void R18_An_entitlement_that_has_ended_gets_nothing()
    {
        Entitlement entitlement = Entitlement(endsAt: Seen);
        AssertWaits(WaitReason.EntitlementNotActive, Route([entitlement], [new RoutingTarget(entitlement, Dimension("USD"))]));
    }

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

    private static RoutingDecision Route(Entitlement[] entitlements, RoutingTarget[] targets) =>
        DimensionConverter.Route("USD", Seen, now: Seen, entitlements, targets);

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
