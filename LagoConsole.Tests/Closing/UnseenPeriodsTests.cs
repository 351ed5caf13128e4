using LagoConsole.Core.Closing;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Sandbox;
using LagoConsole.Sandbox.Lago;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Closing;

/// <summary>Every charges period since the link is closed, whether or not a poll ever saw it (R4).</summary>
public sealed class UnseenPeriodsTests : IAsyncDisposable
{
    private static readonly DateTimeOffset August = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R4_R16_A_period_that_came_and_went_while_auto_report_was_off_is_closed_and_waits()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100); // 2.00 USD in August
        await _world.NextHourAsync(integration);
        await AutoReportAsync(integration, on: false);
        _world.MoveTo(August.AddMonths(1).AddDays(3)); // nobody looked at the end of August
        await _world.CloseAsync(integration); // as each hour
        _world.Use(40); // 0.80 USD in September
        _world.MoveTo(August.AddMonths(2).AddHours(3));

        CloseOutcome outcome = await _world.CloseAsync(integration);

        Assert.Equal((1, 0), (outcome.Closed, outcome.Failures.Count));
        UsageIncrement september = Assert.Single(await IncrementsAsync(), increment => increment.Source == SnapshotSource.Close);
        Assert.Equal((80, WaitReason.AutoReportOff), (september.AmountMinor, september.WaitReason));

        await _world.TurnOnAsync(integration);
        await _world.NextHourAsync(integration);
        Assert.Equal(280, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R4_Weeks_that_nothing_looked_at_are_found_through_past_usage()
    {
        LagoPlan standard = Assert.Single(_world.Sandbox.Plans(), plan => plan.Code == "standard");
        _world.Sandbox.Save(standard with { Code = "weekly", Name = "Weekly", Interval = LagoInterval.Weekly });
        _world.Sandbox.AddCustomer(new LagoCustomer("cus_weekly", "Weekly"));
        _world.Sandbox.AddSubscription("cus_weekly", "weekly-1", "weekly", startsAt: new DateTimeOffset(2026, 8, 17, 0, 0, 0, TimeSpan.Zero));
        Guid integration = await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(await _world.ProductAsync());
        await _world.LinkAsync(buyer, integration, customer: "cus_weekly");
        await _world.TurnOnAsync(integration);
        _world.Use(100, subscription: "weekly-1"); // 2.00 USD in the week of the 17th
        await _world.NextHourAsync(integration);
        _world.MoveTo(new DateTimeOffset(2026, 8, 26, 12, 0, 0, TimeSpan.Zero)); // the console stands still from here on
        _world.Use(30, subscription: "weekly-1"); // 0.60 USD in the week of the 24th
        _world.MoveTo(new DateTimeOffset(2026, 9, 2, 12, 0, 0, TimeSpan.Zero)); // and is back in the week of the 31st

        await _world.CloseAsync(integration);
        await _world.NextHourAsync(integration);

        Assert.Equal(260, _world.Billed);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        BillingPeriod unseen = await db.BillingPeriods.SingleAsync(period => period.PeriodStart == new DateTimeOffset(2026, 8, 24, 0, 0, 0, TimeSpan.Zero), Stop);
        Assert.Equal((true, BillingPeriodState.Closed), (unseen.NeverPolled, unseen.State));
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R4_T6_A_period_of_two_hours_that_an_upgrade_cut_short_is_not_taken_for_the_one_before()
    {
        LagoPlan standard = Assert.Single(_world.Sandbox.Plans(), plan => plan.Code == "standard");
        _world.Sandbox.Save(standard with { Code = "bigger", Name = "Bigger", AmountCents = 9_000 });
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100); // 2.00 USD in August
        await _world.NextHourAsync(integration);
        _world.MoveTo(August.AddMonths(1).AddMinutes(90)); // an outage over the end of August
        _world.Use(50); // 1.00 USD in the first hours of September
        _world.MoveTo(August.AddMonths(1).AddMinutes(110));
        _world.Sandbox.Upgrade("acme-prod", "bigger");
        _world.MoveTo(August.AddMonths(1).AddHours(3));

        await _world.CloseAsync(integration);
        await _world.NextHourAsync(integration);

        Assert.Equal(300, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R4_A_subscription_that_came_and_went_between_two_polls_is_billed_from_its_invoice()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        await _world.NextHourAsync(integration);
        _world.Sandbox.AddSubscription("cus_acme", "acme-short", "standard");
        _world.Use(50, subscription: "acme-short"); // 1.00 USD
        _world.MoveTo(_world.Now.AddMinutes(20));
        _world.Sandbox.Terminate("acme-short");
        _world.MoveTo(_world.Now.AddHours(1));

        await _world.CloseAsync(integration);
        await _world.NextHourAsync(integration);

        Assert.Equal(100, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R4_T17_What_may_have_been_paid_in_advance_of_a_period_that_no_poll_saw_is_held_for_a_person()
    {
        Guid integration = await UnseenAndPartlyInAdvanceAsync();

        await _world.CloseAsync(integration);
        await _world.NextHourAsync(integration);

        Assert.Equal(200, _world.Billed); // the storage
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        HighWaterMark held = await db.HighWaterMarks.SingleAsync(mark => mark.Hold != null, Stop);
        Assert.Equal(("api_calls", HoldReason.PayInAdvanceUnknown, 200), (held.MetricCode, held.Hold, held.HeldMinor));
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R16_T17_Of_periods_that_a_start_from_now_gave_up_nothing_is_held_either()
    {
        Guid integration = await UnseenAndPartlyInAdvanceAsync(graceDays: 3);
        await _world.TurnOffAsync(integration);
        await _world.TurnOnAsync(integration, AutoReportStart.StartFromNow); // its invoice is a draft still

        _world.MoveTo(_world.Now.AddDays(4));
        Assert.Equal(1, (await _world.CloseAsync(integration)).Closed);
        await _world.NextHourAsync(integration);

        Assert.Equal(0, _world.Billed);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        Assert.False(await db.HighWaterMarks.AnyAsync(mark => mark.Hold != null, Stop));
        Assert.Equal(400, await db.UsageIncrements.SumAsync(increment => (double)increment.WaivedMinor, Stop)); // what the final invoice told
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R4_What_Lago_could_not_be_asked_about_is_not_written_down_as_untold()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        await _world.NextHourAsync(integration);
        _world.MoveTo(August.AddMonths(1).AddHours(1)); // the console stands still from here on
        _world.Use(100); // 2.00 USD in September
        _world.MoveTo(August.AddMonths(2).AddHours(1));
        _world.Use(25); // 0.50 USD in October
        _world.MoveTo(_world.Now.AddDays(3));
        _world.Sandbox.Terminate("acme-prod");
        _world.MoveTo(_world.Now.AddDays(3));
        _world.Sandbox.AddLagoKey("a-key-that-reads-no-usage", ["subscription", "invoice", "customer"]);
        LagoClient blind = _world.Get<LagoClientFactory>().Create(_world.Get<ISandboxDoor>().LagoBaseAddress, LagoApiKey.Parse("a-key-that-reads-no-usage"), "blind");
        IReadOnlyList<SubscriptionResponse> subscriptions = Assert.IsType<LagoAnswer<IReadOnlyList<SubscriptionResponse>>.Ok>(await blind.ListSubscriptionsAsync(Stop)).Value;

        (int added, IReadOnlyList<LagoFailure> failures) = await new UnseenPeriods(
                _world.Get<IDbContextFactory<LagoConsoleDbContext>>(), new FinalSearch(blind, subscriptions, includeTrueUps: false, _world.Clock), _world.Clock)
            .FindAsync(integration, subscriptions, Stop);
        Assert.Equal(0, added);
        Assert.NotEmpty(failures);

        await _world.CloseAsync(integration); // Lago can be asked again
        await _world.NextHourAsync(integration);
        Assert.Equal(250, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R4_Periods_before_the_link_are_nobodys_concern()
    {
        _world.Use(100);
        _world.MoveTo(August.AddMonths(1).AddDays(2)); // August is invoiced
        (Guid integration, _, _) = await _world.SetUpAsync();

        await _world.CloseAsync(integration);

        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        Assert.Equal(August.AddMonths(1), (await db.BillingPeriods.SingleAsync(Stop)).PeriodStart);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    /// <summary>A subscription that came and went between two polls: 2.00 USD of storage, and of calls 2.00 USD in arrears and 3.00 USD in advance.</summary>
    private async Task<Guid> UnseenAndPartlyInAdvanceAsync(int graceDays = 0)
    {
        LagoCharge arrears = new() { Code = "a", MetricCode = "api_calls", Model = LagoChargeModel.Standard, Amount = 0.02m };
        LagoCharge advance = new() { Code = "b", MetricCode = "api_calls", Model = LagoChargeModel.Standard, Amount = 0.03m, PayInAdvance = true };
        LagoCharge storage = new() { Code = "c", MetricCode = "storage_gb", Model = LagoChargeModel.Standard, Amount = 0.50m };
        _world.Sandbox.Save(new LagoPlan("mixed", "Mixed", "USD", 0, LagoInterval.Monthly, PayInAdvance: false, [arrears, advance, storage]));
        _world.Sandbox.AddCustomer(new LagoCustomer("cus_short", "Short", GracePeriodDays: graceDays));
        Guid integration = await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(await _world.ProductAsync(metrics: ["api_calls", "storage_gb"]));
        await _world.LinkAsync(buyer, integration, customer: "cus_short");
        await _world.TurnOnAsync(integration);
        await _world.NextHourAsync(integration);
        _world.Sandbox.AddSubscription("cus_short", "short", "mixed");
        _world.Use(100, subscription: "short");
        _world.Use(4, "storage_gb", "short");
        _world.MoveTo(_world.Now.AddMinutes(20));
        _world.Sandbox.Terminate("short");
        _world.MoveTo(_world.Now.AddHours(1));
        return integration;
    }

    private async Task AutoReportAsync(Guid integration, bool on)
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        await db.Integrations.Where(row => row.Id == integration).ExecuteUpdateAsync(set => set.SetProperty(row => row.AutoReport, on), Stop);
    }

    private async Task<List<UsageIncrement>> IncrementsAsync()
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return await db.UsageIncrements.AsNoTracking().ToListAsync(Stop);
    }
}
