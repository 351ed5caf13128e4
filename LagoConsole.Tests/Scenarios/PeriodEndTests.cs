using LagoConsole.Core.Buyers;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Lago;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Scenarios;

/// <summary>Around a period's end, whatever falls together with it, its money is billed once.</summary>
public sealed class PeriodEndTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task T6_T15_A_period_that_ends_within_26_h_of_the_former_is_not_closed_with_the_formers_total()
    {
        await using ConsoleWorld world = new(new DateTimeOffset(2026, 8, 31, 21, 50, 0, TimeSpan.Zero));
        (Guid integration, _, _) = await GraceAsync(world);
        world.Use(10_000, subscription: "grace-1"); // August: 200.00
        await world.NextHourAsync(integration); // 22:05
        world.MoveTo(new DateTimeOffset(2026, 9, 1, 0, 30, 0, TimeSpan.Zero));
        world.Use(100, subscription: "grace-1"); // September: 2.00
        await world.NextHourAsync(integration);
        world.MoveTo(new DateTimeOffset(2026, 9, 2, 1, 0, 0, TimeSpan.Zero));
        world.Sandbox.Terminate("grace-1"); // draft until Sep 5; August's is final on Sep 4
        await world.NextHourAsync(integration);
        world.MoveTo(new DateTimeOffset(2026, 9, 4, 0, 30, 0, TimeSpan.Zero));
        await world.CloseAsync(integration);
        await world.NextHourAsync(integration);
        world.MoveTo(new DateTimeOffset(2026, 9, 5, 0, 30, 0, TimeSpan.Zero));
        await world.CloseAsync(integration);
        await world.NextHourAsync(integration);
        Assert.Equal(20_200, world.Billed);
    }

    [Fact]
    public async Task T15_The_former_period_is_not_closed_with_the_terminating_invoice()
    {
        await using ConsoleWorld world = new(new DateTimeOffset(2026, 8, 31, 21, 50, 0, TimeSpan.Zero));
        (Guid integration, _, _) = await GraceAsync(world);
        world.Use(10_000, subscription: "grace-1"); // 200.00
        await world.NextHourAsync(integration); // 22:05
        await world.NextHourAsync(integration); // 23:05
        world.Use(500, subscription: "grace-1"); // 10.00 after the last poll of August (T4)
        world.MoveTo(new DateTimeOffset(2026, 9, 1, 0, 30, 0, TimeSpan.Zero));
        world.Use(100, subscription: "grace-1"); // 2.00
        await world.NextHourAsync(integration);
        world.MoveTo(new DateTimeOffset(2026, 9, 1, 10, 0, 0, TimeSpan.Zero));
        world.Sandbox.Terminate("grace-1");
        await world.NextHourAsync(integration);
        world.MoveTo(new DateTimeOffset(2026, 9, 5, 0, 30, 0, TimeSpan.Zero));
        await world.CloseAsync(integration);
        await world.NextHourAsync(integration);
        Assert.Equal(21_200, world.Billed);
    }

    [Fact]
    public async Task R8_A_projected_metric_whose_final_never_comes_is_held_and_not_closed_away()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync(metrics: ["api_calls", "disk_level"]);
        world.Use(500, metric: "disk_level");
        await world.NextHourAsync(integration);
        world.Sandbox.Terminate("acme-prod", invoice: false);
        world.MoveTo(world.Now.AddHours(60));
        await world.CloseAsync(integration);
        await world.ReportAsync();
        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        HighWaterMark mark = await db.HighWaterMarks.SingleAsync(row => row.MetricCode == "disk_level", Stop);
        Assert.Equal((HoldReason.NoFinal, 18_425, 0), (mark.Hold, mark.HeldMinor, mark.AmountMinor));
        Assert.Equal(BillingPeriodState.Closed, (await db.BillingPeriods.SingleAsync(Stop)).State);
        await world.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task T17_A_final_invoice_is_added_to_the_pay_in_advance_charges_of_its_own_subscription(bool secondUpgrade)
    {
        await using ConsoleWorld world = new(new DateTimeOffset(2026, 8, 20, 13, 50, 0, TimeSpan.Zero));
        LagoCharge arrears = new() { Code = "a", MetricCode = "api_calls", Model = LagoChargeModel.Standard, Amount = 0.02m };
        LagoCharge advance = new() { Code = "b", MetricCode = "api_calls", Model = LagoChargeModel.Standard, Amount = 0.03m, PayInAdvance = true };
        world.Sandbox.Save(new LagoPlan("mixed", "Mixed", "USD", 0, LagoInterval.Monthly, PayInAdvance: false, [arrears, advance]));
        world.Sandbox.AddCustomer(new LagoCustomer("cus_grace", "Grace", GracePeriodDays: 3));
        world.Sandbox.AddSubscription("cus_grace", "grace-1", "mixed", startsAt: new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero));
        Guid integration = await world.ConnectAsync();
        Guid buyer = await world.BuyerAsync(await world.ProductAsync());
        await world.LinkAsync(buyer, integration, customer: "cus_grace");
        await world.TurnOnAsync(integration);
        world.Use(1_000, subscription: "grace-1"); // 20.00 in arrears + 30.00 in advance
        await world.NextHourAsync(integration);
        Assert.Equal(5_000, world.Billed);
        world.Use(1_000, subscription: "grace-1"); // + 20.00 in arrears (+ 30.00 in advance, which no invoice shows)
        world.Sandbox.Upgrade("grace-1", "standard");
        await world.NextHourAsync(integration);
        world.MoveTo(world.Now.AddHours(30));
        if (secondUpgrade)
        {
            world.Sandbox.Upgrade("grace-1", "volume"); // now two terminated ones carry this external id
        }

        world.MoveTo(world.Now.AddDays(5));
        await world.CloseAsync(integration);
        await world.NextHourAsync(integration);
        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        BillingPeriod first = await db.BillingPeriods.OrderBy(period => period.PeriodEnd).FirstAsync(Stop);
        if (secondUpgrade)
        {
            // Its plan cannot be told any more: what of the second charge was paid in advance is a person's to say.
            HighWaterMark mark = await db.HighWaterMarks.SingleAsync(row => row.PeriodId == first.Id && row.MetricCode == "api_calls", Stop);
            Assert.Equal((5_000, BillingPeriodState.Closed), (world.Billed, first.State));
            Assert.Equal((HoldReason.PayInAdvanceUnknown, 2_000), (mark.Hold, mark.HeldMinor));
        }
        else
        {
            Assert.Equal((7_000, BillingPeriodState.Closed), (world.Billed, first.State)); // 40.00 final in arrears + 30.00 last seen in advance
        }
    }

    [Fact]
    public async Task Growth_between_a_delete_and_a_new_connection_is_not_lost_at_the_periods_end()
    {
        await using ConsoleWorld world = new(new DateTimeOffset(2026, 8, 31, 21, 50, 0, TimeSpan.Zero));
        (Guid integration, Guid buyer, _) = await world.SetUpAsync();
        world.Use(100);
        await world.NextHourAsync(integration); // 200 billed
        await DeleteAsync(world, integration, OpenMoneyChoice.Report);
        world.Use(40); // 80 that no poll has seen

        world.MoveTo(new DateTimeOffset(2026, 9, 1, 9, 0, 0, TimeSpan.Zero));
        Guid anew = await world.ConnectAsync();
        await world.LinkAsync(buyer, anew);
        await world.TurnOnAsync(anew);
        await world.CloseAsync(anew);
        await world.NextHourAsync(anew);

        Assert.Equal(280, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R16_A_start_from_now_that_cannot_be_carried_out_switches_nothing_on()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        await world.NextHourAsync(integration);
        await world.TurnOffAsync(integration);
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            DateTimeOffset ahead = world.Now.AddHours(12); // stored by a node whose clock was ahead
            await db.BillingPeriods.ExecuteUpdateAsync(set => set.SetProperty(period => period.LastSnapshotAt, ahead), Stop);
        }

        world.Use(100);
        AutoReportOutcome outcome = await world.Get<AutoReportService>().TurnOnAsync(ConsoleWorld.Admin, integration, AutoReportStart.StartFromNow, Stop);

        Assert.Contains("by a clock that was ahead", Assert.IsType<AutoReportOutcome.Failed>(outcome).Sentence, StringComparison.Ordinal);
        await using LagoConsoleDbContext read = world.Database.CreateDbContext();
        Assert.False((await read.Integrations.SingleAsync(Stop)).AutoReport);
    }

    [Fact]
    public async Task R16_A_start_from_now_by_a_clock_that_is_behind_gives_up_the_period_that_has_ended_in_Lago()
    {
        await using ConsoleWorld world = new(new DateTimeOffset(2026, 8, 31, 21, 50, 0, TimeSpan.Zero));
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        await world.NextHourAsync(integration);
        await world.TurnOffAsync(integration);
        world.Use(40); // August, and never seen by a poll
        world.MoveTo(new DateTimeOffset(2026, 9, 1, 0, 14, 0, TimeSpan.Zero));
        BuyerLink link;
        BillingPeriod august;
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            link = await db.BuyerLinks.AsNoTracking().SingleAsync(Stop);
            august = await db.BillingPeriods.AsNoTracking().SingleAsync(Stop);
        }

        SubscriptionReading september = new(
            august.SubscriptionLagoId, august.SubscriptionExternalId, august.LagoCustomerId, august.PeriodEnd, august.PeriodEnd.AddMonths(1), "USD", world.Now, SnapshotSource.Poll, []);
        await MoneyTransaction.RunAsync(
            world.Get<IDbContextFactory<LagoConsoleDbContext>>(),
            db => AutoReportService.TurnOnAsync(
                db, ConsoleWorld.Admin, integration, AutoReportStart.StartFromNow, [(link, september)], now: world.Now.AddMinutes(-22), Stop),
            Stop);

        world.MoveTo(new DateTimeOffset(2026, 9, 1, 0, 25, 0, TimeSpan.Zero));
        Assert.Equal(1, (await world.CloseAsync(integration)).Closed);
        await world.NextHourAsync(integration);

        Assert.Equal(200, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R16_R8_Start_from_now_gives_up_what_is_billed_at_the_periods_close_too()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        Guid conversion;
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            conversion = (await db.DimensionConversions.SingleAsync(row => row.MetricCode == "api_calls", Stop)).Id;
        }

        await world.Get<ConversionService>().SetReportAtCloseOnlyAsync(ConsoleWorld.Admin, conversion, true, Stop);
        world.Use(25_000); // 500.00 USD
        await world.NextHourAsync(integration);
        await world.AssertBalancedAsync(); // left to the close, and no failure of the books
        await world.TurnOffAsync(integration);
        await world.TurnOnAsync(integration, AutoReportStart.StartFromNow);
        world.Use(5_000); // 100.00 USD
        world.MoveTo(new DateTimeOffset(2026, 9, 1, 0, 30, 0, TimeSpan.Zero));
        await world.CloseAsync(integration);
        await world.NextHourAsync(integration);

        Assert.Equal(10_000, world.Billed);
        await world.AssertBalancedAsync();
    }

    private static async Task<(Guid Integration, Guid Buyer, Guid Product)> GraceAsync(ConsoleWorld world, string[]? metrics = null)
    {
        world.Sandbox.AddCustomer(new LagoCustomer("cus_grace", "Grace", GracePeriodDays: 3));
        world.Sandbox.AddSubscription("cus_grace", "grace-1", "standard", startsAt: new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero));
        Guid integration = await world.ConnectAsync();
        Guid product = await world.ProductAsync("0.01", metrics ?? []);
        Guid buyer = await world.BuyerAsync(product);
        await world.LinkAsync(buyer, integration, customer: "cus_grace");
        await world.TurnOnAsync(integration);
        return (integration, buyer, product);
    }

    /// <summary>What IntegrationDeletion does, without the scheduler.</summary>
    private static async Task DeleteAsync(ConsoleWorld world, Guid integration, OpenMoneyChoice? choice) => await MoneyTransaction.RunAsync(
        world.Database,
        async db =>
        {
            Integration row = await db.Integrations.SingleAsync(candidate => candidate.Id == integration, Stop);
            if (choice is { } decided)
            {
                await OpenMoneyStore.DecideAsync(db, await OpenMoneyStore.Open(db, integration, null).ToListAsync(Stop), decided, world.Now, Stop);
            }

            await db.BuyerLinks.Where(link => link.IntegrationId == integration).ExecuteDeleteAsync(Stop);
            await db.UsageSnapshots.ExecuteDeleteAsync(Stop);
            db.Integrations.Remove(row);
            return row.Id;
        },
        Stop);
}
