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
    public void What_has_ended_here_does_not_begin_again_by_itself()
    {
        foreach (EntitlementState state in (EntitlementState[])[EntitlementState.Cancelled, EntitlementState.PendingCancel]) // the end that was to come has come
        {
            Assert.IsType<PurchaseChange.AskPerson>(PurchaseRules.Decide(
                Known(Marketplace.Azure, state, Now.AddMinutes(-30)), Plan, Reading(Marketplace.Azure, EntitlementState.Active), Now));
        }
    }

    [Fact]
    public void What_runs_before_it_was_to_start_starts_now()
    {
        Entitlement toCome = Known(Marketplace.Azure, EntitlementState.PendingStart);
        toCome.StartsAt = Now.AddDays(2);

        Assert.Equal(
            new PurchaseChange.Set(EntitlementState.Active, Now, null),
            PurchaseRules.Decide(toCome, Plan, Reading(Marketplace.Azure, EntitlementState.Active), Now));
        Assert.IsType<PurchaseChange.Nothing>(PurchaseRules.Decide(toCome, Plan, Reading(Marketplace.Azure, EntitlementState.PendingStart), Now));
    }

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
    public void An_end_to_come_that_has_passed_at_Google_ends_nothing_before_Google_says_cancelled() => Assert.IsType<PurchaseChange.Nothing>(PurchaseRules.Decide(
        Known(Marketplace.Gcp, EntitlementState.Active), Plan, Reading(Marketplace.Gcp, EntitlementState.PendingCancel, Now.AddMinutes(-5)), Now));

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
    public void A_new_purchase_under_the_reporting_id_of_one_that_has_ended_is_put_before_a_person() => Assert.IsType<PurchaseChange.AskPerson>(PurchaseRules.Decide(
        Known(Marketplace.Gcp, EntitlementState.Cancelled, Now.AddDays(-1)), Plan, Reading(Marketplace.Gcp, EntitlementState.Active) with { PurchaseId = "e-new" }, Now));

    [Theory]
    [InlineData("222222222222", "arn:aws:license-manager::111111111111:license:l-1", true)]
    [InlineData("222222222222", "arn:aws:license-manager:us-east-1:111111111111:license:l-1", true)] // printed in another way
    [InlineData("222222222222", "arn:aws:license-manager::111111111111:license:l-2", false)]
    [InlineData("333333333333", "arn:aws:license-manager::111111111111:license:l-1", false)]
    public void Account_and_licence_name_a_purchase_of_AWS(string account, string licence, bool isOf) => Assert.Equal(
        isOf,
        PurchaseRules.IsOf(
            Bought(Marketplace.Aws, licence: "arn:aws:license-manager::111111111111:license:l-1"), Sold(Marketplace.Aws),
            Reading(Marketplace.Aws, EntitlementState.Active) with { AwsAccountId = account, AwsLicenseArn = licence }));

    [Theory]
    [InlineData(EntitlementState.Active, "e-4711", "code", true)]
    [InlineData(EntitlementState.Active, null, "code", true)] // nobody has told of its agreement yet
    [InlineData(EntitlementState.Active, "e-other", "code", false)]
    [InlineData(EntitlementState.Active, "e-4711", "another", false)]
    [InlineData(EntitlementState.Cancelled, "e-4711", "code", false)]
    public void A_licence_is_of_the_legacy_agreement_that_runs_for_its_product(EntitlementState state, string? agreement, string code, bool isOf)
    {
        Entitlement legacy = Bought(Marketplace.Aws, licence: null);
        (legacy.State, legacy.PurchaseId) = (state, agreement);

        Assert.Equal(isOf, PurchaseRules.IsLegacyOf(
            legacy, Sold(Marketplace.Aws),
            Reading(Marketplace.Aws, EntitlementState.Active) with { AwsAccountId = "222222222222", AwsLicenseArn = "arn:aws:license-manager::1:license:l-1", AwsProductCode = code }));
    }

    [Theory]
    [InlineData("vendor-platform.endpoints.vendor-public.cloud.goog", true)]
    [InlineData("vendor-platform", true)] // its first part
    [InlineData("vendor-search", false)] // one project buys several products under one id
    public void A_reporting_id_names_a_purchase_of_Google_for_its_product_only(string bought, bool isOf) => Assert.Equal(
        isOf,
        PurchaseRules.IsOf(
            Bought(Marketplace.Gcp), Sold(Marketplace.Gcp),
            Reading(Marketplace.Gcp, EntitlementState.Active) with { PurchaseId = "e-new", GcpUsageReportingId = "project_number:1", GcpProducts = [bought] }));

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

    /// <summary>With what its marketplace tells it by.</summary>
    private static Entitlement Bought(Marketplace marketplace, string? licence = null) => new()
    {
        Id = Guid.NewGuid(),
        BuyerId = Guid.NewGuid(),
        ProductId = Guid.NewGuid(),
        Marketplace = marketplace,
        Identity = "identity",
        AwsAccountId = marketplace == Marketplace.Aws ? "222222222222" : null,
        AwsLicenseArn = licence,
        GcpUsageReportingId = marketplace == Marketplace.Gcp ? "project_number:1" : null,
        State = EntitlementState.Active,
        StartsAt = Start,
        CreatedAt = Start,
    };

    private static Product Sold(Marketplace marketplace) => new()
    {
        Id = Guid.NewGuid(),
        Name = "Vendor Platform",
        Marketplace = marketplace,
        AwsProductCode = "code",
        GcpServiceName = "vendor-platform.endpoints.vendor-public.cloud.goog",
        CreatedAt = Start,
    };

    private static PurchaseReading Reading(Marketplace marketplace, EntitlementState state, DateTimeOffset? endsAt = null) =>
        new() { Marketplace = marketplace, PurchaseId = "e-4711", AzurePlanId = Plan, State = state, EndsAt = endsAt };
}
