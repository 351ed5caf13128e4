using LagoConsole.Core.Buyers;
using LagoConsole.Core.Closing;
using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Sandbox.Lago;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Closing;

/// <summary>What a close brings, and what it leaves to a person (R4, R7, R8, R16, R19).</summary>
public sealed class FinalTotalsTests : IAsyncDisposable
{
    private static readonly DateTimeOffset September = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R4_T4_Usage_after_the_last_poll_is_brought_by_the_close()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration);
        _world.Use(1); // 2 cents: an increment of any size is one (T31)
        _world.MoveTo(September.AddHours(2));

        await _world.CloseAsync(integration);
        await _world.NextHourAsync(integration);

        Assert.Equal(202, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R4_The_extra_poll_shortly_before_the_end_leaves_nothing_to_the_close()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.MoveTo(September.AddMinutes(-20));
        await _world.PollAsync(integration);
        _world.Use(100);
        Assert.Equal(0, (await _world.Get<ExtraPolls>().RunAsync(Stop)).Periods); // too early
        _world.MoveTo(September.AddMinutes(-4));

        ExtraPollOutcome extra = await _world.Get<ExtraPolls>().RunAsync(Stop);
        ExtraPollOutcome again = await _world.Get<ExtraPolls>().RunAsync(Stop);

        Assert.Equal((1, 1, 0), (extra.Periods, extra.Increments, again.Periods));
        _world.MoveTo(September.AddHours(2));
        CloseOutcome close = await _world.CloseAsync(integration);
        Assert.Equal((1, 0), (close.Closed, close.Increments));
    }

    [Fact]
    public async Task R4_A_period_that_Lago_tells_nothing_new_of_is_noted_as_looked_at_each_hour_if_open_and_each_day_if_closed()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration);
        _world.Sandbox.Terminate("acme-prod", invoice: false);
        DateTimeOffset ended = _world.Now;
        _world.MoveTo(ended.AddHours(1));
        await _world.CloseAsync(integration); // no invoice yet: one may come for two days
        _world.MoveTo(ended.AddHours(2));

        await _world.CloseAsync(integration);

        Assert.Equal((BillingPeriodState.Ended, 2), await LookedAtAsync());
        _world.MoveTo(ended.AddHours(49));
        await _world.CloseAsync(integration);
        _world.MoveTo(ended.AddHours(60));
        await _world.CloseAsync(integration);
        Assert.Equal((BillingPeriodState.Closed, 49), await LookedAtAsync());
        _world.MoveTo(ended.AddHours(74));

        await _world.CloseAsync(integration);

        Assert.Equal((BillingPeriodState.Closed, 74), await LookedAtAsync());

        async Task<(BillingPeriodState State, int HoursAfter)> LookedAtAsync()
        {
            await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
            BillingPeriod period = await db.BillingPeriods.AsNoTracking().SingleAsync(Stop);
            return (period.State, (int)(period.LastCloseAttemptAt!.Value - ended).TotalHours); // the world's clock goes on by itself
        }
    }

    [Theory]
    [InlineData(1, 20, 5)] // minutes
    [InlineData(1_200, 20, 6)]
    [InlineData(36_000, 20, 35)]
    [InlineData(1_000_000, 20, 50)]
    public void R4_Many_periods_that_end_together_are_polled_earlier(int periods, int requestsPerSecond, double minutes) =>
        Assert.Equal(minutes, ExtraPoll.Lead(periods, requestsPerSecond).TotalMinutes, precision: 2);

    [Fact]
    public async Task R4_T16_True_ups_are_billed_only_where_the_integration_says_so()
    {
        Assert.Equal(200, await CloseWithMinimumAsync(includeTrueUps: false));
        Assert.Equal(1_000, await CloseWithMinimumAsync(includeTrueUps: true));
    }

    [Fact]
    public async Task R8_A_metric_that_a_person_chose_for_the_close_is_billed_at_the_close_only()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            await db.DimensionConversions.ExecuteUpdateAsync(set => set.SetProperty(row => row.ReportAtCloseOnly, true), Stop);
        }

        _world.Use(100);
        await _world.NextHourAsync(integration);
        Assert.Equal(0, _world.Billed);
        _world.MoveTo(September.AddHours(2));

        await _world.CloseAsync(integration);
        await _world.NextHourAsync(integration);

        Assert.Equal(200, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R8_Chosen_for_the_close_and_never_invoiced_its_last_total_stands()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            await db.DimensionConversions.ExecuteUpdateAsync(set => set.SetProperty(row => row.ReportAtCloseOnly, true), Stop);
        }

        _world.Use(100);
        await _world.NextHourAsync(integration);
        _world.Sandbox.Terminate("acme-prod", invoice: false);
        _world.MoveTo(_world.Now.AddHours(50));

        await _world.CloseAsync(integration);
        await _world.NextHourAsync(integration);

        Assert.Equal(200, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R19_T12_A_final_total_below_the_mark_is_kept_and_nothing_is_taken_back()
    {
        (Guid integration, _, _) = await _world.SetUpAsync(metrics: ["storage_gb"]);
        _world.Use(10, "storage_gb"); // 5.00 USD
        await _world.NextHourAsync(integration);
        _world.Use(-10, "storage_gb"); // all of it was an error: Lago's invoice has no line for it
        _world.MoveTo(September.AddHours(2));

        await _world.CloseAsync(integration);
        await _world.NextHourAsync(integration);

        Assert.Equal(500, _world.Billed);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        HighWaterMark mark = await db.HighWaterMarks.SingleAsync(row => row.MetricCode == "storage_gb" && row.AmountMinor > 0, Stop);
        Assert.Equal((500, 0), (mark.AmountMinor, mark.LastTotalMinor));
        await _world.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(LinkStart.FromZero, 300)]
    [InlineData(LinkStart.FromNow, 200)]
    public async Task R7_R16_Linking_again_decides_over_what_closings_found_while_there_was_no_link(LinkStart start, int billed)
    {
        (Guid integration, Guid buyer, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration);
        Assert.IsType<LinkSaveOutcome.Saved>(await _world.Get<BuyerLinkService>().RemoveAsync(ConsoleWorld.Admin, buyer, OpenMoneyChoice.Report, [], Stop));
        _world.Use(50); // 1.00 USD in the period in which the link was removed
        _world.MoveTo(September.AddHours(2));
        await _world.CloseAsync(integration);
        await _world.ReportAsync();
        Assert.Equal(200, _world.Billed);

        await _world.LinkAsync(buyer, integration, start);
        await _world.NextHourAsync(integration);

        Assert.Equal(billed, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task T15_An_invoice_that_is_voided_and_made_anew_after_the_close_is_read_once_more()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100); // 2.00 USD
        await _world.NextHourAsync(integration);
        _world.MoveTo(September.AddHours(1));
        await _world.CloseAsync(integration);
        Assert.Equal(200, _world.Billed);
        _world.Sandbox.Send(new LagoEvent("late", "acme-prod", "api_calls", September.AddDays(-5), Repeats: 40)); // 0.80 USD
        _world.Sandbox.RemakeInvoice("cus_acme");
        _world.MoveTo(September.AddHours(27)); // a day later closed periods are looked at again
        await _world.CloseAsync(integration);
        await _world.CloseAsync(integration);
        await _world.NextHourAsync(integration);

        Assert.Equal(280, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task T15_An_invoice_that_is_made_anew_days_after_it_was_voided_is_read_when_it_is_there(int daysLater)
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100); // 2.00 USD
        await _world.NextHourAsync(integration);
        _world.MoveTo(September.AddHours(1));
        await _world.CloseAsync(integration);
        _world.Sandbox.VoidInvoice("cus_acme");
        await LookDailyAsync(integration, days: 3);
        _world.Sandbox.Send(new LagoEvent("late", "acme-prod", "api_calls", September.AddDays(-5), Repeats: 40)); // 0.80 USD
        await LookDailyAsync(integration, daysLater);
        _world.Sandbox.RemakeInvoice("cus_acme");
        await LookDailyAsync(integration, days: 2);
        await _world.NextHourAsync(integration);

        Assert.Equal(280, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R4_A_period_that_a_clock_closed_too_early_goes_on_with_the_next_poll()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        await _world.NextHourAsync(integration);
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            // What a node whose clock was weeks ahead does to a period of which nothing was used yet.
            await db.BillingPeriods.ExecuteUpdateAsync(set => set.SetProperty(period => period.State, BillingPeriodState.Closed), Stop);
        }

        _world.Use(100);
        await _world.NextHourAsync(integration);

        Assert.Equal(200, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R20_T15_What_a_remade_invoice_adds_to_a_period_that_was_closed_at_the_backup_is_held()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration);
        _world.MoveTo(September.AddHours(1));
        await _world.CloseAsync(integration);
        await _world.NextHourAsync(integration);
        string backup = _world.Database.Backup();
        _world.Sandbox.Send(new LagoEvent("late", "acme-prod", "api_calls", September.AddDays(-5), Repeats: 40));
        _world.Sandbox.RemakeInvoice("cus_acme");
        await LookDailyAsync(integration, days: 2);
        await _world.NextHourAsync(integration);
        Assert.Equal(280, _world.Billed);

        _world.Database.Restore(backup); // these books do not know of the 0.80 USD
        await _world.Get<RestoredBooks>().DeclareAsync(ConsoleWorld.Admin, "disk failure", Stop);
        await LookDailyAsync(integration, days: 2);
        await _world.NextHourAsync(integration);

        Assert.Equal(280, _world.Billed);
        HeldKey held = Assert.Single((await _world.Get<HeldMoney>().ListAsync(new HeldFilter(HoldReason.Restored), 0, 100, Stop)).Keys, key => key.HeldMinor > 0);
        Assert.Equal((200, 80), (held.MarkMinor, held.HeldMinor));
    }

    [Fact]
    public async Task R16_What_a_draft_shows_of_an_ended_period_is_listed_before_auto_report_is_switched_on()
    {
        _world.Sandbox.AddCustomer(new LagoCustomer("cus_grace", "Grace", GracePeriodDays: 3));
        _world.Sandbox.AddSubscription("cus_grace", "grace-1", "standard", startsAt: September.AddMonths(-1));
        Guid integration = await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(await _world.ProductAsync());
        await _world.LinkAsync(buyer, integration, customer: "cus_grace");
        _world.Use(100, subscription: "grace-1");
        _world.MoveTo(September.AddHours(5)); // the invoice is a draft for three days

        AccruedPreview preview = await _world.Get<AutoReportService>().PreviewAsync(ConsoleWorld.Admin, integration, Stop);

        AccruedLine line = Assert.Single(Assert.IsType<AccruedPreview.Ready>(preview).Lines);
        Assert.Equal(("api_calls", 200), (line.MetricCode, line.AmountMinor));
        Assert.Contains("not final", line.Where, StringComparison.Ordinal);
    }

    private async Task LookDailyAsync(Guid integration, int days)
    {
        for (int day = 0; day < days; day++)
        {
            _world.MoveTo(_world.Now.AddHours(25));
            await _world.CloseAsync(integration);
        }
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private static async Task<decimal> CloseWithMinimumAsync(bool includeTrueUps)
    {
        await using ConsoleWorld world = new();
        LagoCharge calls = new() { Code = "api_calls", MetricCode = "api_calls", Model = LagoChargeModel.Standard, Amount = 0.02m, MinAmountCents = 1_000 };
        world.Sandbox.Save(new LagoPlan("minimum", "Minimum", "USD", 0, LagoInterval.Monthly, PayInAdvance: false, [calls]));
        world.Sandbox.AddCustomer(new LagoCustomer("cus_min", "Minimum"));
        world.Sandbox.AddSubscription("cus_min", "min-1", "minimum", startsAt: September.AddMonths(-1));
        Guid integration = await world.ConnectAsync();
        Guid buyer = await world.BuyerAsync(await world.ProductAsync());
        await world.LinkAsync(buyer, integration, customer: "cus_min");
        await world.TurnOnAsync(integration);
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(row => row.IncludeTrueUps, includeTrueUps), Stop);
        }

        world.Use(100, subscription: "min-1"); // 2.00 USD of at least 10.00 USD
        await world.NextHourAsync(integration);
        world.MoveTo(September.AddHours(2));
        await world.CloseAsync(integration);
        await world.NextHourAsync(integration);
        await world.AssertBalancedAsync();
        return world.Billed;
    }
}
