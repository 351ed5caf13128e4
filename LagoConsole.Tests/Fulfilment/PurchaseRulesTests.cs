using LagoConsole.Core.Buyers;
using LagoConsole.Core.Fulfilment;
using LagoConsole.Core.Products;
using Xunit;

namespace LagoConsole.Tests.Fulfilment;

public sealed class PurchaseRulesTests
{
    private const string Plan = "gold";

    private static readonly DateTimeOffset Start = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = new(2026, 8, 20, 14, 20, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(EntitlementState.Active, EntitlementState.Suspended)]
    [InlineData(EntitlementState.Suspended, EntitlementState.Active)]
    [InlineData(EntitlementState.PendingStart, EntitlementState.Active)]
    public void A_purchase_follows_what_its_marketplace_says(EntitlementState known, EntitlementState read) => Assert.Equal(
        new PurchaseChange.Set(read, Start, null),
        PurchaseRules.Decide(Known(Marketplace.Azure, known), Plan, Reading(Marketplace.Azure, read), Now));

    [Theory]
    [InlineData(EntitlementState.Active)]
    [InlineData(EntitlementState.Suspended)]
    public void The_same_state_changes_nothing(EntitlementState state) =>
        Assert.IsType<PurchaseChange.Nothing>(PurchaseRules.Decide(Known(Marketplace.Azure, state), Plan, Reading(Marketplace.Azure, state), Now));

    [Fact]
    public void R18_An_end_is_the_instant_that_the_marketplace_tells_and_never_later_than_now()
    {
        DateTimeOffset told = Now.AddMinutes(-7);

        Assert.Equal(
            new PurchaseChange.Set(EntitlementState.Cancelled, Start, told),
            PurchaseRules.Decide(Known(Marketplace.Azure, EntitlementState.Active), Plan, Reading(Marketplace.Azure, EntitlementState.Cancelled, told), Now));
        Assert.Equal(
            new PurchaseChange.Set(EntitlementState.Cancelled, Start, Now),
            PurchaseRules.Decide(Known(Marketplace.Azure, EntitlementState.Active), Plan, Reading(Marketplace.Azure, EntitlementState.Cancelled, Now.AddDays(1)), Now));
        Assert.Equal(
            new PurchaseChange.Set(EntitlementState.Cancelled, Start, Now),
            PurchaseRules.Decide(Known(Marketplace.Azure, EntitlementState.Active), Plan, Reading(Marketplace.Azure, EntitlementState.Cancelled), Now));
    }

    [Fact]
    public void R18_An_end_that_has_passed_is_not_moved_by_a_second_notice() => Assert.IsType<PurchaseChange.Nothing>(PurchaseRules.Decide(
        Known(Marketplace.Aws, EntitlementState.Cancelled, Now.AddMinutes(-30)), Plan, Reading(Marketplace.Aws, EntitlementState.Cancelled, Now), Now));

    [Fact]
    public void What_has_ended_here_does_not_begin_again_by_itself() => Assert.IsType<PurchaseChange.AskPerson>(PurchaseRules.Decide(
        Known(Marketplace.Azure, EntitlementState.Cancelled, Now.AddMinutes(-30)), Plan, Reading(Marketplace.Azure, EntitlementState.Active), Now));

    [Fact]
    public void An_end_to_come_that_a_person_entered_stays_where_the_marketplace_tells_of_none()
    {
        Entitlement ending = Known(Marketplace.Azure, EntitlementState.PendingCancel, Now.AddDays(3));

        Assert.IsType<PurchaseChange.Nothing>(PurchaseRules.Decide(ending, Plan, Reading(Marketplace.Azure, EntitlementState.Active), Now));
    }

    [Fact]
    public void Google_tells_of_an_end_to_come_and_takes_it_back()
    {
        DateTimeOffset end = Now.AddDays(3);

        Assert.Equal(
            new PurchaseChange.Set(EntitlementState.PendingCancel, Start, end),
            PurchaseRules.Decide(Known(Marketplace.Gcp, EntitlementState.Active), Plan, Reading(Marketplace.Gcp, EntitlementState.PendingCancel, end), Now));
        Assert.Equal(
            new PurchaseChange.Set(EntitlementState.Active, Start, null),
            PurchaseRules.Decide(Known(Marketplace.Gcp, EntitlementState.PendingCancel, end), Plan, Reading(Marketplace.Gcp, EntitlementState.Active), Now));
    }

    [Fact]
    public void A_plan_that_changed_at_Azure_is_what_the_next_record_names()
    {
        PurchaseReading changed = Reading(Marketplace.Azure, EntitlementState.Active) with { AzurePlanId = "platinum" };

        Assert.Equal(
            new PurchaseChange.Set(EntitlementState.Active, Start, null, "platinum"),
            PurchaseRules.Decide(Known(Marketplace.Azure, EntitlementState.Active), Plan, changed, Now));
    }

    [Fact]
    public void Another_purchase_under_the_same_reporting_id_ends_nothing()
    {
        PurchaseReading old = Reading(Marketplace.Gcp, EntitlementState.Cancelled, Now) with { PurchaseId = "e-old" };

        Assert.IsType<PurchaseChange.Nothing>(PurchaseRules.Decide(Known(Marketplace.Gcp, EntitlementState.Active), Plan, old, Now));
    }

    [Fact]
    public void A_notice_of_AWS_that_names_no_licence_and_ends_nothing_is_not_believed()
    {
        PurchaseNotice created = new(Marketplace.Aws, "e-1", NoticeKind.Started, Now, "Purchase Agreement Created - Proposer") { PurchaseId = "agmt-1", AwsAccountId = "222222222222" };

        Assert.Null(PurchaseRules.Believed(created, Now));
        Assert.Null(PurchaseRules.Believed(created with { Kind = NoticeKind.Changed }, Now)); // amended
        Assert.Equal(EntitlementState.Cancelled, PurchaseRules.Believed(created with { Kind = NoticeKind.Cancelled }, Now)?.State);
    }

    private static Entitlement Known(Marketplace marketplace, EntitlementState state, DateTimeOffset? endsAt = null) => new()
    {
        Id = Guid.NewGuid(),
        BuyerId = Guid.NewGuid(),
        ProductId = Guid.NewGuid(),
        Marketplace = marketplace,
        Identity = "identity",
        PurchaseId = "e-4711",
        State = state,
        StartsAt = Start,
        EndsAt = endsAt,
        CreatedAt = Start,
    };

    private static PurchaseReading Reading(Marketplace marketplace, EntitlementState state, DateTimeOffset? endsAt = null) =>
        new() { Marketplace = marketplace, PurchaseId = "e-4711", AzurePlanId = Plan, State = state, EndsAt = endsAt };
}
