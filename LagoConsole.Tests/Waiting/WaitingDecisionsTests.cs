using LagoConsole.Core.Audit;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using LagoConsole.Core.Waiting;
using LagoConsole.Sandbox.Lago;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Waiting;

/// <summary>What resolves waiting money lets it flow on to the marketplace's bill, once (R6, R18, R20); two cents a call, fifty a GB.</summary>
public sealed class WaitingDecisionsTests : IAsyncDisposable
{
    private static readonly Actor Operator = new("olga", Role.Operator);
    private static readonly string Other = ConsoleWorld.Licence.Replace("l-0123", "l-4567", StringComparison.Ordinal);

    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private WaitingDecisions Decisions => _world.Get<WaitingDecisions>();

    [Fact]
    public async Task R6_Money_without_a_conversion_flows_when_the_conversion_is_added()
    {
        (Guid integration, _, Guid product) = await _world.SetUpAsync();
        _world.Use(2, "storage_gb");
        await _world.NextHourAsync(integration);
        WaitingRow row = await RowAsync(WaitReason.NoConversion);
        Assert.Equal((100m, "storage_gb", product, WaitingRemedy.AddConversion), (row.Minor, row.MetricCode, row.ProductId, row.Remedies[0]));

        Assert.IsType<ProductOutcome.Saved>(await _world.Get<ConversionService>().AddAsync(
            Operator, new NewConversion { ProductId = product, MetricCode = "storage_gb", DimensionId = await DimensionAsync(product) }, Stop));
        await _world.NextHourAsync(integration);

        await AssertBilledAsync(100);
    }

    [Fact]
    public async Task R6_Money_without_an_entitlement_flows_when_one_is_added()
    {
        Guid product = await _world.ProductAsync();
        (Guid integration, Guid buyer) = await WithoutEntitlementAsync();
        WaitingRow row = await RowAsync(WaitReason.NoEntitlement);
        Assert.Equal((200m, null, WaitingRemedy.AddEntitlement), (row.Minor, row.ProductId, row.Remedies[0]));

        await _world.EntitleAsync(buyer, product);
        await _world.NextHourAsync(integration);

        await AssertBilledAsync(200);
    }

    [Fact]
    public async Task R6_Money_of_a_suspended_entitlement_flows_when_it_is_active_again()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        await SetStateAsync(EntitlementState.Suspended);
        _world.Use(100);
        await _world.NextHourAsync(integration);
        WaitingRow row = await RowAsync(WaitReason.EntitlementNotActive);
        Assert.Equal([WaitingRemedy.EditEntitlement, WaitingRemedy.WriteOff], row.Remedies); // nowhere to route or send it to

        await SetStateAsync(EntitlementState.Active);
        await _world.NextHourAsync(integration);

        await AssertBilledAsync(200);
    }

    [Fact]
    public async Task R6_Money_seen_before_an_entitlement_starts_goes_to_it_when_a_person_sends_it()
    {
        Guid product = await _world.ProductAsync();
        (Guid integration, Guid buyer) = await WithoutEntitlementAsync();
        Guid later = await _world.EntitleAsync(buyer, product, startsAt: _world.Now);
        await _world.NextHourAsync(integration);
        Assert.Equal(0, _world.Billed);
        WaitingRow row = await RowAsync(WaitReason.EntitlementStartsLater);
        Assert.Equal([WaitingRemedy.Send, WaitingRemedy.EditEntitlement, WaitingRemedy.WriteOff], row.Remedies);

        Decided(await Decisions.SendAsync(Operator, Seen(row), later, Stop), "2.00 USD of api_calls flows on");
        await _world.NextHourAsync(integration);

        await AssertBilledAsync(200);
        Assert.Contains("entitlement starts later", (await AuditAsync("Send waiting money")).Before, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R6_Where_several_entitlements_fit_a_route_bills_the_subscription_on_one_of_them_from_now_on()
    {
        (Guid integration, Guid buyer, Guid product) = await _world.SetUpAsync();
        Guid meant = await _world.EntitleAsync(buyer, product, licence: Other);
        _world.Use(100);
        await _world.NextHourAsync(integration);
        Assert.Equal(0, _world.Billed);
        WaitingRow row = await RowAsync(WaitReason.SeveralEntitlements);
        Assert.Equal((2, WaitingRemedy.Route), (row.Targets.Count, row.Remedies[0]));

        Decided(await Decisions.RouteAsync(Operator, Seen(row), meant, Stop), "2.00 USD of api_calls flows on");
        await _world.NextHourAsync(integration);
        await AssertBilledAsync(200);
        _world.Use(50); // follows the route
        await _world.NextHourAsync(integration);

        await AssertBilledAsync(300);
        Assert.All(_world.Sandbox.AwsBill().Records, record => Assert.Equal(Other, record.LicenseArn));
    }

    [Fact]
    public async Task R6_Another_route_of_the_subscription_to_the_same_product_replaces_the_first()
    {
        (Guid integration, Guid buyer, Guid product) = await _world.SetUpAsync();
        Guid second = await _world.EntitleAsync(buyer, product, licence: Other);
        _world.Use(100);
        await _world.NextHourAsync(integration);
        Decided(await Decisions.RouteAsync(Operator, Seen(await RowAsync(WaitReason.SeveralEntitlements)), second, Stop), "flows on");
        await SetStateAsync(EntitlementState.Suspended, second);
        _world.Use(50);
        await _world.NextHourAsync(integration);

        // The route is kept while its entitlement rests; the other one is open, and a person may say so.
        WaitingRow resting = await RowAsync(WaitReason.EntitlementNotActive);
        WaitingTarget open = Assert.Single(resting.Targets);
        Decided(await Decisions.RouteAsync(Operator, Seen(resting), open.EntitlementId, Stop), "1.00 USD of api_calls flows on");

        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        Assert.Equal(open.EntitlementId, (await db.SubscriptionRoutes.SingleAsync(Stop)).EntitlementId);
        AuditEntry entry = (await db.AuditEntries.Where(row => row.Action == "Route subscription").ToListAsync(Stop))[^1];
        Assert.Contains(Other, entry.Before, StringComparison.Ordinal);
        Assert.Contains(ConsoleWorld.Licence, entry.After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R16_Money_that_is_sent_while_auto_report_is_off_is_said_to_be_reported_once_it_is_on()
    {
        (Guid integration, Guid buyer, Guid product) = await _world.SetUpAsync();
        Guid meant = await _world.EntitleAsync(buyer, product, licence: Other);
        _world.Use(100);
        await _world.NextHourAsync(integration);
        await _world.TurnOffAsync(integration);

        Decided(await Decisions.SendAsync(Operator, Seen(await RowAsync(WaitReason.SeveralEntitlements)), meant, Stop), "reported once Enable Auto Report Usage is on");
        await _world.ReportAsync();
        Assert.Equal(0, _world.Billed);
        await _world.TurnOnAsync(integration);
        await _world.NextHourAsync(integration);

        await AssertBilledAsync(200);
    }

    [Fact]
    public async Task Money_of_a_deleted_integration_is_reported_by_a_persons_word_alone()
    {
        (Guid integration, Guid buyer, Guid product) = await _world.SetUpAsync();
        Guid meant = await _world.EntitleAsync(buyer, product, licence: Other);
        _world.Use(100);
        await _world.NextHourAsync(integration);
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            await db.BuyerLinks.ExecuteDeleteAsync(Stop);
            await db.Integrations.ExecuteDeleteAsync(Stop);
        }

        Decided(await Decisions.RouteAsync(Operator, Seen(await RowAsync(WaitReason.SeveralEntitlements)), meant, Stop), "2.00 USD of api_calls flows on");
        _world.MoveTo(_world.Now.AddHours(1));
        await _world.ReportAsync();

        await AssertBilledAsync(200);
    }

    [Fact]
    public async Task A_route_that_somebody_removed_first_is_told_and_a_removal_is_audited()
    {
        (Guid integration, Guid buyer, Guid product) = await _world.SetUpAsync();
        Guid meant = await _world.EntitleAsync(buyer, product, licence: Other);
        _world.Use(100);
        await _world.NextHourAsync(integration);
        Decided(await Decisions.RouteAsync(Operator, Seen(await RowAsync(WaitReason.SeveralEntitlements)), meant, Stop), "flows on");
        RouteRow route = Assert.Single(await _world.Get<WaitingQueries>().ListRoutesAsync(buyer, Stop));
        Assert.Equal(("acme-prod", "Vendor Platform", "olga"), (route.SubscriptionExternalId, route.ProductName, route.CreatedBy));

        Decided(await Decisions.RemoveRouteAsync(Operator, route.Id, Stop), "The route is removed.");

        Assert.IsType<WaitingOutcome.ChangedMeanwhile>(await Decisions.RemoveRouteAsync(Operator, route.Id, Stop));
        Assert.Contains(Other, (await AuditAsync("Remove route")).Before, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R6_Money_that_fits_several_entitlements_can_be_sent_to_one_alone()
    {
        (Guid integration, Guid buyer, Guid product) = await _world.SetUpAsync();
        Guid meant = await _world.EntitleAsync(buyer, product, licence: Other);
        _world.Use(100);
        await _world.NextHourAsync(integration);

        Decided(await Decisions.SendAsync(Operator, Seen(await RowAsync(WaitReason.SeveralEntitlements)), meant, Stop), "flows on");
        _world.Use(50); // no route: it waits again
        await _world.NextHourAsync(integration);

        Assert.Equal(200, _world.Billed);
        Assert.Equal(100, (await RowAsync(WaitReason.SeveralEntitlements)).Minor);
    }

    [Fact]
    public async Task R6_Foreign_currency_flows_when_a_product_of_that_currency_is_bought()
    {
        Guid integration = await _world.ConnectAsync();
        Guid dollars = await _world.ProductAsync();
        Guid buyer = await _world.BuyerAsync(dollars);
        _world.Sandbox.AddCustomer(new LagoCustomer("cus_euro", "Euro SA"));
        _world.Sandbox.AddSubscription("cus_euro", "euro-1", "euro");
        await _world.LinkAsync(buyer, integration, customer: "cus_euro");
        await _world.TurnOnAsync(integration);
        _world.Use(100, subscription: "euro-1");
        await _world.NextHourAsync(integration);
        WaitingRow row = await RowAsync(WaitReason.ForeignCurrency);
        Assert.Equal((200m, "EUR", WaitingRemedy.AddDimension), (row.Minor, row.Currency, row.Remedies[0]));

        Guid euros = Id(await _world.Get<ProductService>().CreateAsync(Operator, new NewProduct { Name = "Vendor Platform EU", AwsRegion = "us-east-1" }, Stop));
        Guid dimension = Id(await _world.Get<ProductService>().AddDimensionAsync(
            Operator, new NewDimension { ProductId = euros, Key = "usage_fee", Name = "Usage", Currency = "EUR", UnitPrice = "0.01" }, Stop));
        Id(await _world.Get<ConversionService>().AddAsync(Operator, new NewConversion { ProductId = euros, MetricCode = "api_calls", DimensionId = dimension }, Stop));
        await _world.EntitleAsync(buyer, euros, licence: Other);
        await _world.NextHourAsync(integration);

        await AssertBilledAsync(200);
    }

    [Fact]
    public async Task R16_Money_found_while_auto_report_was_off_is_reported_when_a_person_says_so()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        await _world.TurnOffAsync(integration);
        _world.Use(100);
        _world.MoveTo(new DateTimeOffset(2026, 9, 1, 0, 25, 0, TimeSpan.Zero));
        await _world.CloseAsync(integration);
        await _world.ReportAsync();
        Assert.Equal(0, _world.Billed);
        WaitingRow row = await RowAsync(WaitReason.AutoReportOff);
        Assert.Equal([WaitingRemedy.TurnAutoReportOn, WaitingRemedy.ReportIt, WaitingRemedy.WriteOff], row.Remedies);

        Decided(await Decisions.ReportAsync(Operator, Seen(row), Stop), "2.00 USD of api_calls flows on");
        await _world.ReportAsync();

        await AssertBilledAsync(200);
        Assert.Equal("olga", (await AuditAsync("Report waiting money")).Actor);
    }

    [Fact]
    public async Task R16_Money_found_while_auto_report_was_off_flows_when_it_is_turned_on()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        await _world.TurnOffAsync(integration);
        _world.Use(100);
        _world.MoveTo(new DateTimeOffset(2026, 9, 1, 0, 25, 0, TimeSpan.Zero));
        await _world.CloseAsync(integration);

        await _world.TurnOnAsync(integration);
        await _world.NextHourAsync(integration);

        await AssertBilledAsync(200);
    }

    [Fact]
    public async Task R7_What_a_close_finds_after_a_link_was_removed_is_reported_when_a_person_says_so()
    {
        WaitingRow row = await LinkRemovedAsync();
        Assert.Equal([WaitingRemedy.ReportIt, WaitingRemedy.WriteOff], row.Remedies);

        Decided(await Decisions.ReportAsync(Operator, Seen(row), Stop), "2.00 USD of api_calls flows on");
        await _world.ReportAsync();

        await AssertBilledAsync(200);
    }

    [Fact]
    public async Task R18_Money_of_an_entitlement_that_has_ended_goes_to_its_successor_when_a_person_sends_it()
    {
        (Guid integration, Guid buyer, Guid product) = await _world.SetUpAsync();
        _world.Use(100);
        _world.MoveTo(_world.Now.AddMinutes(8)); // 13:58
        DateTimeOffset end = _world.Now;
        _world.Sandbox.EndAwsAgreement(ConsoleWorld.Licence);
        _world.MoveTo(_world.Now.AddHours(3));
        await _world.PollAsync(integration);
        await SetStateAsync(EntitlementState.Cancelled, endsAt: end);
        await _world.ReportAsync();
        WaitingRow alone = await RowAsync(WaitReason.EntitlementEnded);
        Assert.Equal([WaitingRemedy.AddEntitlement, WaitingRemedy.WriteOff], alone.Remedies);

        Guid successor = await _world.EntitleAsync(buyer, product, startsAt: _world.Now, licence: Other);
        WaitingRow row = await RowAsync(WaitReason.EntitlementEnded);
        Decided(await Decisions.SendAsync(Operator, Seen(row), successor, Stop), "2.00 USD of api_calls flows on");
        await _world.NextHourAsync(integration);

        await AssertBilledAsync(200);
    }

    [Fact]
    public async Task R20_Restored_money_is_decided_with_its_key_and_confirmed_as_not_billed_flows_whole()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        _world.MoveTo(_world.Now.AddMinutes(20));
        await _world.PollAsync(integration); // on its meter, on no record
        await _world.Get<RestoredBooks>().DeclareAsync(ConsoleWorld.Admin, null, Stop);
        WaitingRow row = await RowAsync(WaitReason.Restored);

        HeldKey key = (await _world.Get<HeldMoney>().FindAsync(row.Key.MarkId, Stop))!;
        HoldOutcome outcome = await _world.Get<HeldMoney>().DecideAsync(
            ConsoleWorld.Admin, new HoldDecision(key.MarkId, key.Stamp, BilledAlreadyMinor: 0, UpToMinor: key.SeenMinor, "the marketplace shows no record of today"), Stop);
        Assert.IsType<HoldOutcome.Decided>(outcome);
        await _world.NextHourAsync(integration); // the hour of the restore counts as used
        await _world.NextHourAsync(integration);

        Assert.Equal(200, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_write_off_is_never_billed_and_is_in_the_audit_log_with_its_reason()
    {
        (Guid integration, _, Guid product) = await _world.SetUpAsync();
        _world.Use(2, "storage_gb");
        await _world.NextHourAsync(integration);

        WaitingOutcome outcome = await Decisions.WriteOffAsync(
            ConsoleWorld.Admin, Seen(await RowAsync(WaitReason.NoConversion)), "  agreed with the buyer on 20 August  ", Stop);

        Decided(outcome, "1.00 USD of storage_gb, acme-prod, 2026-08-01 to 2026-09-01 (no conversion) is written off: it is never billed.");
        AuditEntry entry = await AuditAsync("Write off waiting money");
        Assert.Equal(
            ("ada", "1.00 USD of storage_gb, acme-prod, 2026-08-01 to 2026-09-01 (no conversion)", "given up", "agreed with the buyer on 20 August"),
            (entry.Actor, entry.Before, entry.After, entry.Note));
        await _world.Get<ConversionService>().AddAsync(
            Operator, new NewConversion { ProductId = product, MetricCode = "storage_gb", DimensionId = await DimensionAsync(product) }, Stop);
        await _world.NextHourAsync(integration);
        await AssertBilledAsync(0);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("   ")]
    public async Task A_write_off_needs_a_reason(string? reason)
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(2, "storage_gb");
        await _world.NextHourAsync(integration);
        WaitingRow row = await RowAsync(WaitReason.NoConversion);

        Assert.IsType<WaitingOutcome.Refused>(await Decisions.WriteOffAsync(ConsoleWorld.Admin, Seen(row), reason, Stop));
        Assert.IsType<WaitingOutcome.Refused>(await Decisions.WriteOffAsync(
            ConsoleWorld.Admin, Seen(row), new string('x', WaitingDecisions.MaxReasonLength + 1), Stop));
        Assert.Equal(row.Stamp, (await RowAsync(WaitReason.NoConversion)).Stamp);
        await AssertNothingDecidedAsync();
    }

    [Fact]
    public async Task Each_decision_over_amounts_that_changed_meanwhile_changes_nothing()
    {
        (Guid integration, Guid buyer, Guid product) = await _world.SetUpAsync();
        Guid meant = await _world.EntitleAsync(buyer, product, licence: Other);
        _world.Use(100);
        await _world.NextHourAsync(integration);
        WaitingDecision stale = Seen(await RowAsync(WaitReason.SeveralEntitlements));
        _world.Use(1);
        await _world.NextHourAsync(integration);

        Assert.IsType<WaitingOutcome.ChangedMeanwhile>(await Decisions.RouteAsync(Operator, stale, meant, Stop));
        Assert.IsType<WaitingOutcome.ChangedMeanwhile>(await Decisions.SendAsync(Operator, stale, meant, Stop));
        Assert.IsType<WaitingOutcome.ChangedMeanwhile>(await Decisions.WriteOffAsync(ConsoleWorld.Admin, stale, "why not", Stop));

        Assert.Equal(202, (await RowAsync(WaitReason.SeveralEntitlements)).Minor);
        await AssertNothingDecidedAsync();
    }

    [Fact]
    public async Task R16_Report_it_over_amounts_that_changed_meanwhile_changes_nothing()
    {
        WaitingRow row = await LinkRemovedAsync();

        Assert.IsType<WaitingOutcome.ChangedMeanwhile>(await Decisions.ReportAsync(Operator, Seen(row) with { Stamp = "1 1 1" }, Stop));

        Assert.Equal(200, (await RowAsync(WaitReason.LinkRemoved)).Minor);
        await AssertNothingDecidedAsync();
    }

    [Fact]
    public async Task Money_that_has_flowed_on_cannot_be_decided_over_any_more()
    {
        (Guid integration, Guid buyer, Guid product) = await _world.SetUpAsync();
        Guid meant = await _world.EntitleAsync(buyer, product, licence: Other);
        _world.Use(100);
        await _world.NextHourAsync(integration);
        WaitingDecision seen = Seen(await RowAsync(WaitReason.SeveralEntitlements));
        Decided(await Decisions.SendAsync(Operator, seen, meant, Stop), "flows on");

        Assert.IsType<WaitingOutcome.ChangedMeanwhile>(await Decisions.WriteOffAsync(ConsoleWorld.Admin, seen, "too late", Stop));
        await _world.NextHourAsync(integration);
        await AssertBilledAsync(200);
    }

    [Fact]
    public async Task An_entitlement_that_does_not_take_the_money_is_refused()
    {
        (Guid integration, Guid buyer, Guid product) = await _world.SetUpAsync();
        await _world.EntitleAsync(buyer, product, licence: Other);
        Guid foreign = await _world.EntitleAsync(await _world.BuyerAsync(product: null, name: "Globex"), product, licence: ConsoleWorld.Licence + "x");
        _world.Use(100);
        await _world.NextHourAsync(integration);
        WaitingRow row = await RowAsync(WaitReason.SeveralEntitlements);
        Assert.DoesNotContain(row.Targets, target => target.EntitlementId == foreign);

        Assert.IsType<WaitingOutcome.Refused>(await Decisions.RouteAsync(Operator, Seen(row), foreign, Stop));
        Assert.IsType<WaitingOutcome.Refused>(await Decisions.SendAsync(Operator, Seen(row), foreign, Stop));
        await AssertNothingDecidedAsync();
    }

    [Fact]
    public async Task A_remedy_of_another_reason_is_refused()
    {
        WaitingRow row = await LinkRemovedAsync();

        Assert.IsType<WaitingOutcome.Refused>(await Decisions.RouteAsync(Operator, Seen(row), Guid.NewGuid(), Stop));
        Assert.IsType<WaitingOutcome.Refused>(await Decisions.SendAsync(Operator, Seen(row), Guid.NewGuid(), Stop));
        Assert.IsType<WaitingOutcome.Refused>(await Decisions.WriteOffAsync(
            ConsoleWorld.Admin, new WaitingDecision(row.Key with { Reason = WaitReason.Restored }, row.Stamp), "no", Stop));
        await AssertNothingDecidedAsync();
    }

    [Fact]
    public async Task A_viewer_decides_nothing_and_an_operator_gives_nothing_up()
    {
        WaitingDecision decision = Seen(await LinkRemovedAsync());
        Actor viewer = new("vera", Role.Viewer);

        await Assert.ThrowsAsync<ForbiddenException>(() => Decisions.RouteAsync(viewer, decision, Guid.Empty, Stop));
        await Assert.ThrowsAsync<ForbiddenException>(() => Decisions.SendAsync(viewer, decision, Guid.Empty, Stop));
        await Assert.ThrowsAsync<ForbiddenException>(() => Decisions.ReportAsync(viewer, decision, Stop));
        await Assert.ThrowsAsync<ForbiddenException>(() => Decisions.RemoveRouteAsync(viewer, Guid.Empty, Stop));
        await Assert.ThrowsAsync<ForbiddenException>(() => Decisions.WriteOffAsync(Operator, decision, "why not", Stop));
        await AssertNothingDecidedAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private static WaitingDecision Seen(WaitingRow row) => new(row.Key, row.Stamp);

    private static void Decided(WaitingOutcome outcome, string sentence) =>
        Assert.Contains(sentence, Assert.IsType<WaitingOutcome.Decided>(outcome).Sentence, StringComparison.Ordinal);

    private static Guid Id(ProductOutcome outcome) => Assert.IsType<ProductOutcome.Saved>(outcome).Id;

    private async Task<WaitingRow> RowAsync(WaitReason reason) =>
        Assert.Single((await _world.Get<WaitingQueries>().ListAsync(new WaitingFilter(reason), 0, 10, Stop)).Rows);

    private async Task AssertBilledAsync(decimal cents)
    {
        Assert.Equal(cents, _world.Billed);
        Assert.Equal(0, await _world.Get<WaitingQueries>().CountAsync(Stop));
        await _world.AssertBalancedAsync();
    }

    private async Task AssertNothingDecidedAsync()
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        Assert.False(await db.SubscriptionRoutes.AnyAsync(Stop));
        Assert.False(await db.UsageIncrements.AnyAsync(increment => increment.RoutedEntitlementId != null || increment.ReportRegardless, Stop));
        Assert.False(await db.AuditEntries.AnyAsync(
            entry => entry.Action == "Route subscription" || entry.Action == "Send waiting money" || entry.Action == "Report waiting money"
                || entry.Action == "Write off waiting money",
            Stop));
        await _world.AssertBalancedAsync();
    }

    private async Task<(Guid Integration, Guid Buyer)> WithoutEntitlementAsync()
    {
        Guid integration = await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(product: null);
        await _world.LinkAsync(buyer, integration);
        await _world.TurnOnAsync(integration);
        _world.Use(100);
        await _world.NextHourAsync(integration);
        return (integration, buyer);
    }

    /// <summary>2.00 USD that a close found after the link was removed.</summary>
    private async Task<WaitingRow> LinkRemovedAsync()
    {
        (Guid integration, Guid buyer, _) = await _world.SetUpAsync();
        await _world.NextHourAsync(integration);
        Assert.IsType<LinkSaveOutcome.Saved>(await _world.Get<BuyerLinkService>().RemoveAsync(ConsoleWorld.Admin, buyer, OpenMoneyChoice.Report, [], Stop));
        _world.Use(100);
        _world.MoveTo(new DateTimeOffset(2026, 9, 1, 0, 25, 0, TimeSpan.Zero));
        await _world.CloseAsync(integration);
        await _world.ReportAsync();
        Assert.Equal(0, _world.Billed);
        return await RowAsync(WaitReason.LinkRemoved);
    }

    private async Task<Guid> DimensionAsync(Guid product)
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return (await db.Dimensions.SingleAsync(dimension => dimension.ProductId == product, Stop)).Id;
    }

    private async Task SetStateAsync(EntitlementState state, Guid? id = null, DateTimeOffset? endsAt = null)
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        Entitlement entitlement = await db.Entitlements.AsNoTracking()
            .OrderBy(row => row.CreatedAt).FirstAsync(row => id == null || row.Id == id, Stop);
        Assert.IsType<BuyerOutcome.Saved>(await _world.Get<EntitlementLife>().EditAsync(
            ConsoleWorld.Admin,
            new EditEntitlement { Id = entitlement.Id, SeenVersion = entitlement.Version, State = state, StartsAt = entitlement.StartsAt, EndsAt = endsAt },
            Stop));
    }

    private async Task<AuditEntry> AuditAsync(string action)
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return await db.AuditEntries.SingleAsync(entry => entry.Action == action, Stop);
    }
}
