using LagoConsole.Core.Buyers;
using LagoConsole.Core.Closing;
using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Sandbox.Lago;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Polling;

/// <summary>A subscription that replaces or overlaps an older one of the same external id bills what the older one did not (T7, T9).</summary>
public sealed class SuccessionTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Upgraded = new(2026, 8, 12, 14, 5, 9, TimeSpan.Zero);
    private static readonly DateTimeOffset PeriodEnd = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(BillingPeriodState.Ended, true, 0, true, Succession.Upgrade)]
    [InlineData(BillingPeriodState.Closed, true, 1, true, Succession.Upgrade)] // a second of rounding
    [InlineData(BillingPeriodState.Ended, true, 0, false, Succession.None)] // terminated and created anew in the same second
    [InlineData(BillingPeriodState.Ended, false, 0, true, Succession.None)] // a downgrade, at the period's own end
    [InlineData(BillingPeriodState.Ended, true, -3 * 86_400, false, Succession.Overlap)] // backdated by three days
    [InlineData(BillingPeriodState.Ended, true, 3 * 86_400, true, Succession.None)] // later
    [InlineData(BillingPeriodState.Open, false, -86_400, true, Succession.Upgrade)] // the upgrade was seen before the termination
    public void T7_T9_How_a_new_period_stands_to_an_older_one(
        BillingPeriodState state, bool endedEarly, int startsAfterSeconds, bool isUpgrade, Succession succession)
    {
        BillingPeriod older = new()
        {
            Id = Guid.Empty,
            IntegrationId = Guid.Empty,
            BuyerId = Guid.Empty,
            SubscriptionLagoId = "old",
            SubscriptionExternalId = "sub",
            LagoCustomerId = "cus",
            PeriodStart = new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero),
            PeriodEnd = Upgraded,
            Currency = "USD",
            State = state,
            EndedEarly = endedEarly,
        };

        Assert.Equal(succession, PeriodSuccession.Of(older, Upgraded.AddSeconds(startsAfterSeconds), PeriodEnd, isUpgrade));
    }

    [Fact]
    public async Task T7_Recurring_seats_are_billed_once_over_an_upgrade_and_other_metrics_begin_anew()
    {
        Guid integration = await UpgradableAsync();
        _world.Use(5, "seats"); // 50.00 USD at ten dollars a seat
        _world.Use(100); // 2.00 USD
        await _world.NextHourAsync(integration);
        Assert.Equal(5_200, _world.Billed);

        _world.Sandbox.Upgrade("acme-prod", "bigger");
        _world.Use(2, "seats"); // 7 seats in the new subscription: 70.00 USD, of which 50.00 are billed
        _world.Use(50); // 1.00 USD
        await _world.NextHourAsync(integration); // the seats wait for the old subscription's close
        Assert.Equal(5_300, _world.Billed);
        await CloseOldAsync(integration);
        await _world.NextHourAsync(integration);

        Assert.Equal(5_300 + 2_000, _world.Billed);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        HighWaterMark carried = await db.HighWaterMarks.SingleAsync(mark => mark.BaselineOrigin == BaselineOrigin.Carried, Stop);
        Assert.Equal(("seats", 5_000, 7_000, null), (carried.MetricCode, carried.BaselineMinor, carried.AmountMinor, carried.Hold));
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task T9_A_subscription_created_anew_over_an_older_one_bills_only_what_is_new()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100); // 2.00 USD
        await _world.NextHourAsync(integration);
        DateTimeOffset backdated = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);
        _world.Sandbox.Terminate("acme-prod", invoice: false); // without an invoice Lago counts its events again
        _world.Sandbox.AddSubscription("cus_acme", "acme-prod", "standard", startsAt: backdated);
        _world.Use(25); // 0.50 USD
        await _world.NextHourAsync(integration);
        Assert.Equal(200, _world.Billed); // the new key shows 2.50 USD, and waits for the old one's close

        await CloseOldAsync(integration, hours: 50); // no invoice will come: its last total stands
        await _world.NextHourAsync(integration);

        Assert.Equal(250, _world.Billed);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        HighWaterMark seeded = await db.HighWaterMarks.SingleAsync(mark => mark.BaselineOrigin == BaselineOrigin.Seeded && mark.MetricCode == "api_calls", Stop);
        Assert.Equal((200, 250, null), (seeded.BaselineMinor, seeded.AmountMinor, seeded.Hold));
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task T7_Seats_of_a_subscription_that_was_replaced_and_whose_plan_cannot_be_read_any_more_are_billed_by_its_last_total()
    {
        Guid integration = await UpgradableAsync();
        _world.Use(5, "seats");
        await _world.NextHourAsync(integration);
        _world.Sandbox.Upgrade("acme-prod", "bigger");
        _world.Use(2, "seats");
        await _world.NextHourAsync(integration);
        Assert.Equal(5_000, _world.Billed);

        _world.Sandbox.Upgrade("acme-prod", "standard"); // the seats are on no invoice of the subscription before
        _world.MoveTo(_world.Now.AddMinutes(20));
        _world.Sandbox.Terminate("acme-prod", invoice: false); // of the ended ones Lago shows only this one with its plan
        _world.MoveTo(_world.Now.AddHours(2));
        await _world.CloseAsync(integration);
        await _world.NextHourAsync(integration);

        Assert.Equal(5_000 + 2_000, _world.Billed);
        Assert.Empty((await _world.Get<HeldMoney>().ListAsync(new HeldFilter(HoldReason.PayInAdvanceUnknown), 0, 100, Stop)).Keys);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task T9_A_subscription_created_anew_over_part_of_an_older_one_waits_for_a_person_and_its_period_closes_with_that()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100); // 2.00 USD
        await _world.NextHourAsync(integration);
        _world.Sandbox.Terminate("acme-prod", invoice: false);
        _world.Sandbox.AddSubscription("cus_acme", "acme-prod", "standard", startsAt: new DateTimeOffset(2026, 8, 20, 0, 0, 0, TimeSpan.Zero));
        _world.Use(25); // 0.50 USD; which of the 2.00 USD Lago counts again, only Lago knows
        await _world.NextHourAsync(integration);
        await CloseOldAsync(integration, hours: 50);
        await _world.NextHourAsync(integration);
        Assert.Equal(200, _world.Billed);

        _world.MoveTo(PeriodEnd.AddHours(1));
        Assert.Equal(1, (await _world.CloseAsync(integration)).Closed);
        HeldKey held = Assert.Single((await _world.Get<HeldMoney>().ListAsync(new HeldFilter(HoldReason.Overlap), 0, 100, Stop)).Keys, key => key.MetricCode == "api_calls");
        Assert.Equal((0, 250), (held.MarkMinor, held.HeldMinor));
        await _world.Get<HeldMoney>().DecideAsync(ConsoleWorld.Admin, new HoldDecision(held.MarkId, held.Stamp, 200, 250, "All of it is counted again."), Stop);
        await _world.NextHourAsync(integration);

        Assert.Equal(250, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task T9_A_subscription_that_followed_another_one_while_the_customer_had_no_link_is_billed_from_zero()
    {
        (Guid integration, Guid buyer, _) = await _world.SetUpAsync();
        _world.Use(100); // 2.00 USD
        await _world.NextHourAsync(integration);
        await _world.Get<BuyerLinkService>().RemoveAsync(ConsoleWorld.Admin, buyer, OpenMoneyChoice.Report, [], Stop);

        _world.Sandbox.Terminate("acme-prod");
        _world.MoveTo(_world.Now.AddMinutes(10));
        _world.Sandbox.AddSubscription("cus_acme", "acme-prod", "standard", startsAt: _world.Now);
        _world.Use(25); // 0.50 USD, and none of it counted before
        await _world.LinkAsync(buyer, integration); // neither a poll nor a close came in between
        Assert.Empty((await _world.Get<HeldMoney>().ListAsync(new HeldFilter(HoldReason.Overlap), 0, 100, Stop)).Keys);
        await _world.NextHourAsync(integration);

        Assert.Equal(250, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task T7_A_period_that_a_clock_took_for_ended_too_early_ends_with_its_subscription_all_the_same()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        await _world.NextHourAsync(integration);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        BillingPeriod period = await db.BillingPeriods.SingleAsync(Stop);
        period.State = BillingPeriodState.Ended;
        await db.SaveChangesAsync(Stop);
        DateTimeOffset ended = PeriodEnd.AddHours(-1);

        await _world.Get<PeriodStore>().EndTerminatedAsync([Row(period.SubscriptionLagoId, createdAt: period.PeriodStart, ended)], Stop);

        await db.Entry(period).ReloadAsync(Stop);
        Assert.Equal((BillingPeriodState.Ended, ended, PeriodEnd, true), (period.State, period.PeriodEnd, period.OwnEnd, period.EndedEarly));
    }

    [Fact]
    public async Task T9_Of_several_older_subscriptions_all_that_they_counted_is_left_out()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100); // 2.00 USD
        await _world.NextHourAsync(integration);
        _world.Sandbox.Terminate("acme-prod", invoice: false);
        _world.Sandbox.AddSubscription("cus_acme", "acme-prod", "standard", startsAt: _world.Now);
        _world.Use(150); // 3.00 USD
        await _world.NextHourAsync(integration);
        Assert.Equal(500, _world.Billed);
        _world.Sandbox.Terminate("acme-prod", invoice: false);
        _world.Sandbox.AddSubscription("cus_acme", "acme-prod", "standard", startsAt: new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero));
        _world.Use(25); // 0.50 USD
        await _world.NextHourAsync(integration);
        _world.MoveTo(_world.Now.AddHours(50));
        Assert.Equal(2, (await _world.CloseAsync(integration)).Closed);
        await _world.NextHourAsync(integration);

        Assert.Equal(500 + 50, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task T7_T30_Seats_that_an_upgrade_counts_in_another_currency_are_held_until_a_person_says_what_is_billed()
    {
        Guid integration = await UpgradableAsync();
        _world.Use(5, "seats");
        await _world.NextHourAsync(integration);
        LagoPlan bigger = Assert.Single(_world.Sandbox.Plans(), plan => plan.Code == "bigger");
        _world.Sandbox.Save(bigger with { Currency = "EUR" });
        _world.Sandbox.Upgrade("acme-prod", "bigger");
        _world.Use(2, "seats"); // 70.00 EUR, of which 50.00 USD are billed
        await _world.NextHourAsync(integration);
        await CloseOldAsync(integration);
        await _world.NextHourAsync(integration);

        Assert.Equal(5_000, _world.Billed);
        HeldKey seats = Assert.Single((await _world.Get<HeldMoney>().ListAsync(new HeldFilter(HoldReason.Currency), 0, 100, Stop)).Keys);
        Assert.Equal(("seats", "EUR", 7_000), (seats.MetricCode, seats.Currency, seats.HeldMinor));
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public void T9_A_subscription_that_was_created_later_is_never_what_an_older_one_starts_from()
    {
        SubscriptionReading reading = new("sub_2", "acme-prod", "cus_acme", Upgraded, PeriodEnd, "USD", PeriodEnd, SnapshotSource.Close, []);
        SubscriptionResponse[] ofCustomer =
        [
            Row("sub_1", createdAt: Upgraded.AddDays(-20), terminatedAt: Upgraded.AddDays(3)), // re-created by the second, and ended after it began
            Row("sub_2", createdAt: Upgraded, terminatedAt: PeriodEnd.AddDays(2)),
            Row("sub_3", createdAt: PeriodEnd.AddDays(2), terminatedAt: PeriodEnd.AddDays(2).AddHours(1)),
            Row("other", createdAt: Upgraded.AddDays(-9), terminatedAt: Upgraded.AddDays(3)) with { ExternalId = "acme-test" },
        ];

        SubscriptionReading among = UsageReader.Among(ofCustomer, reading, linkedAt: Upgraded.AddDays(-30));

        Assert.Equal(["sub_1"], among.Overlapped);
        Assert.Equal(["sub_3"], among.Newer);
    }

    [Fact]
    public async Task R16_Start_from_now_gives_up_what_a_key_shows_that_awaits_an_older_subscription()
    {
        SavePlans();
        Guid integration = await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(await _world.ProductAsync(metrics: ["api_calls", "seats"]));
        _world.Sandbox.AddCustomer(new LagoCustomer("cus_grace", "Grace", GracePeriodDays: 3)); // its invoices stay drafts so long
        _world.Sandbox.AddSubscription("cus_grace", "grace-1", "standard", startsAt: new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero));
        await _world.LinkAsync(buyer, integration, customer: "cus_grace");
        await _world.TurnOnAsync(integration);
        _world.Use(5, "seats", "grace-1"); // 50.00 USD
        await _world.NextHourAsync(integration);
        Assert.Equal(5_000, _world.Billed);

        _world.Sandbox.Upgrade("grace-1", "bigger");
        _world.Use(2, "seats", "grace-1"); // 70.00 USD in the new subscription: 20.00 above the old one's 50.00
        await _world.NextHourAsync(integration);
        await _world.TurnOffAsync(integration);
        await _world.TurnOnAsync(integration, AutoReportStart.StartFromNow);
        _world.Use(1, "seats", "grace-1"); // 10.00 USD after the start
        await CloseOldAsync(integration, hours: 5 * 24);
        await _world.NextHourAsync(integration);

        Assert.Equal(5_000 + 1_000, _world.Billed);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        HighWaterMark seats = await db.HighWaterMarks.SingleAsync(mark => mark.BaselineOrigin == BaselineOrigin.Carried, Stop);
        UsageIncrement waived = await db.UsageIncrements.SingleAsync(increment => increment.MarkId == seats.Id && increment.FromMinor == 5_000, Stop);
        Assert.Equal((8_000, 2_000m, 0), (seats.AmountMinor, waived.WaivedMinor, seats.GivenUpToMinor));
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R20_T7_A_restored_key_that_awaits_an_older_subscription_learns_its_start_before_a_person_decides()
    {
        Guid integration = await UpgradableAsync();
        _world.Use(5, "seats");
        await _world.NextHourAsync(integration);
        _world.Sandbox.Upgrade("acme-prod", "bigger");
        _world.Use(2, "seats");
        await _world.NextHourAsync(integration);
        _world.Database.Restore(_world.Database.Backup());
        await _world.Get<RestoredBooks>().DeclareAsync(ConsoleWorld.Admin, "disk failure", Stop);
        await CloseOldAsync(integration);
        await _world.NextHourAsync(integration);
        Assert.Equal(5_000, _world.Billed);

        HeldKey seats = Assert.Single((await _world.Get<HeldMoney>().ListAsync(new HeldFilter(HoldReason.Restored), 0, 100, Stop)).Keys, key => key.HeldMinor > 0);
        Assert.Equal(("seats", 5_000, 2_000), (seats.MetricCode, seats.MarkMinor, seats.HeldMinor));
        Assert.IsType<HoldOutcome.Decided>(await _world.Get<HeldMoney>().DecideAsync(
            ConsoleWorld.Admin, new HoldDecision(seats.MarkId, seats.Stamp, 0, seats.SeenMinor, "nothing since"), Stop));
        await _world.NextHourAsync(integration);

        Assert.Equal(5_000 + 2_000, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private static SubscriptionResponse Row(string lagoId, DateTimeOffset createdAt, DateTimeOffset terminatedAt) => new()
    {
        LagoId = lagoId,
        ExternalId = "acme-prod",
        ExternalCustomerId = "cus_acme",
        Status = SubscriptionResponse.Terminated,
        CreatedAt = createdAt,
        TerminatedAt = terminatedAt,
    };

    private async Task<Guid> UpgradableAsync()
    {
        SavePlans();
        (Guid integration, _, _) = await _world.SetUpAsync(metrics: ["api_calls", "seats"]);
        return integration;
    }

    private void SavePlans()
    {
        _world.Sandbox.Save(new LagoMetric("seats", "Seats", LagoAggregation.Sum, Recurring: true));
        LagoCharge seats = new() { Code = "seats", MetricCode = "seats", Model = LagoChargeModel.Standard, Amount = 10 };
        LagoPlan standard = Assert.Single(_world.Sandbox.Plans(), plan => plan.Code == "standard");
        _world.Sandbox.Save(standard with { Charges = [.. standard.Charges, seats] });
        _world.Sandbox.Save(standard with { Code = "bigger", Name = "Bigger", AmountCents = 9_000, Charges = [.. standard.Charges, seats] });
    }

    private async Task CloseOldAsync(Guid integration, int hours = 2)
    {
        _world.MoveTo(_world.Now.AddHours(hours));
        CloseOutcome outcome = await _world.CloseAsync(integration);
        Assert.Equal((1, 0), (outcome.Closed, outcome.Failures.Count));
    }
}
