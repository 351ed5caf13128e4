using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Scenarios;

/// <summary>Recorded hours in, expected records out: the main flow with real stores and real clients against the sandbox.</summary>
public sealed class HourlyFlowTests
{
    private static readonly DateTimeOffset Thirteen = new(2026, 8, 20, 13, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task What_grew_in_an_hour_is_billed_once_at_the_hour_just_closed()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();

        world.Use(100); // 100 calls at 2 cents
        ReportOutcome outcome = await world.NextHourAsync(integration);

        Assert.Equal(1, outcome.Sent.Accepted);
        UsageRecord record = Assert.Single(await world.RecordsAsync());
        Assert.Equal(Thirteen, record.SlotHour);
        Assert.Equal(200, record.Quantity);
        Assert.Equal(UsageRecordState.Accepted, record.State);
        Assert.Equal(200, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R2_Polling_again_adds_nothing()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        await world.NextHourAsync(integration);

        await world.PollAsync(integration);
        await world.ReportAsync();
        await world.NextHourAsync(integration);

        Assert.Single(await world.RecordsAsync());
        Assert.Equal(200, world.Billed);
    }

    [Fact]
    public async Task R10_At_one_dollar_a_unit_cents_wait_until_they_make_a_unit()
    {
        await using ConsoleWorld world = new();
        Guid integration = await world.ConnectAsync();
        Guid product = await world.ProductAsync("1.00");
        Guid buyer = await world.BuyerAsync(product);
        await world.LinkAsync(buyer, integration);
        await world.TurnOnAsync(integration);

        List<long> billedPerHour = [];
        foreach (int calls in (int[])[125, 15, 45, 23]) // 250, 30, 90, 46 cents
        {
            world.Use(calls);
            ReportOutcome outcome = await world.NextHourAsync(integration);
            billedPerHour.Add(outcome.Made);
        }

        IReadOnlyList<UsageRecord> records = await world.RecordsAsync();
        Assert.Equal([2, 1, 1], records.Select(record => record.Quantity));
        Assert.Equal([1, 0, 1, 1], billedPerHour);
        Assert.Equal([50, 70, 16], records.Select(record => record.RemainderAfterMinor));
        Assert.Equal([0, 50, 70], records.Select(record => record.RemainderBeforeMinor));
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R9_A_new_price_never_values_anew_what_was_allocated()
    {
        await using ConsoleWorld world = new();
        Guid integration = await world.ConnectAsync();
        Guid product = await world.ProductAsync("1.00");
        Guid buyer = await world.BuyerAsync(product);
        await world.LinkAsync(buyer, integration);
        await world.TurnOnAsync(integration);
        world.Use(125); // 2.50 USD: two units at 1.00, and 0.50 stay
        await world.NextHourAsync(integration);

        Guid dimension;
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            dimension = await db.Dimensions.Select(row => row.Id).SingleAsync(TestContext.Current.CancellationToken);
        }

        Assert.IsType<ProductOutcome.Saved>(await world.Get<ProductService>().SetPriceAsync(
            ConsoleWorld.Admin, new NewPrice { DimensionId = dimension, UnitPrice = "0.50" }, TestContext.Current.CancellationToken));
        world.MoveTo(world.Now.AddHours(1)); // the next slot begins after the price
        world.Use(15); // 0.30 USD
        await world.NextHourAsync(integration);

        Assert.Equal(
            [(2, 100m, 50m), (1, 50m, 30m)],
            (await world.RecordsAsync()).Select(record => (record.Quantity, record.UnitPriceMinor, record.RemainderAfterMinor)));
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R10_A_remainder_that_a_lower_price_of_one_purchase_makes_units_of_is_billed_without_new_usage()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync(unitPrice: "1.00");
        world.Use(125); // 2.50 USD: two units at 1.00, and 0.50 stay
        await world.NextHourAsync(integration);
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            Assert.IsType<ProductOutcome.Saved>(await world.Get<ProductService>().SetPriceAsync(
                ConsoleWorld.Admin,
                new NewPrice
                {
                    DimensionId = await db.Dimensions.Select(row => row.Id).SingleAsync(TestContext.Current.CancellationToken),
                    EntitlementId = await db.Entitlements.Select(row => row.Id).SingleAsync(TestContext.Current.CancellationToken),
                    UnitPrice = "0.25",
                },
                TestContext.Current.CancellationToken));
        }

        world.MoveTo(world.Now.AddHours(1)); // the next slot begins after the price
        await world.NextHourAsync(integration);

        Assert.Equal(
            [(2, 100m, 50m), (2, 25m, 0m)],
            (await world.RecordsAsync()).Select(record => (record.Quantity, record.UnitPriceMinor, record.RemainderAfterMinor)));
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R2_T12_A_fall_stops_reporting_until_the_old_peak_is_passed()
    {
        await using ConsoleWorld world = new();
        world.Sandbox.AddSubscription("cus_acme", "acme-volume", "volume", startsAt: new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero));
        (Guid integration, _, _) = await world.SetUpAsync();

        world.Use(10, subscription: "acme-volume"); // 10 × 25.00
        await world.NextHourAsync(integration);
        Assert.Equal(25_000, world.Billed);

        world.Use(30, subscription: "acme-volume"); // 40 × 5.00 = 200.00: it fell
        await world.NextHourAsync(integration);
        Assert.Equal(25_000, world.Billed);

        world.Use(20, subscription: "acme-volume"); // 60 × 5.00 = 300.00: 50.00 above the peak
        await world.NextHourAsync(integration);
        Assert.Equal(30_000, world.Billed);
        await world.AssertBalancedAsync();

        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        Assert.Equal(
            [0, 25_000, 20_000, 30_000],
            (await db.UsageSnapshots.OrderBy(snapshot => snapshot.Id).ToListAsync(TestContext.Current.CancellationToken))
                .Where(snapshot => snapshot.Charges.Any(charge => charge.ChargeModel == "volume")).Select(snapshot => snapshot.TotalMinor));
    }

    [Fact]
    public async Task R8_T11_A_projected_metric_is_not_billed_while_its_period_runs()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync(metrics: ["api_calls", "disk_level"]);

        world.Use(500, metric: "disk_level"); // a level that Lago projects to the period's end at once
        world.Use(50);
        await world.NextHourAsync(integration);

        Assert.Equal(100, world.Billed);
    }

    [Fact]
    public async Task R11_Several_metrics_of_one_dimension_are_one_record()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync(metrics: ["api_calls", "storage_gb"]);

        world.Use(10); // 20 cents
        world.Use(3, metric: "storage_gb"); // 150 cents
        await world.NextHourAsync(integration);

        UsageRecord record = Assert.Single(await world.RecordsAsync());
        Assert.Equal(170, record.Quantity);
        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        Assert.Equal(2, await db.RecordLinks.CountAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task R17_Daily_mode_bills_the_whole_day_in_one_record_after_midnight()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync(BillingMode.AmountDaily);

        for (int hour = 14; hour <= 23; hour++)
        {
            world.Use(10); // 20 cents an hour
            await world.NextHourAsync(integration);
        }

        Assert.Equal(0, world.Billed);

        world.Use(5);
        await world.NextHourAsync(integration); // 00:05 of the 21st

        UsageRecord record = Assert.Single(await world.RecordsAsync());
        Assert.Equal(new DateTimeOffset(2026, 8, 20, 23, 0, 0, TimeSpan.Zero), record.SlotHour);
        Assert.Equal(210, record.Quantity);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R6_Money_without_a_conversion_waits_and_flows_on_when_there_is_one()
    {
        await using ConsoleWorld world = new();
        Guid integration = await world.ConnectAsync();
        Guid product = await world.ProductAsync("0.01", "storage_gb");
        Guid buyer = await world.BuyerAsync(product);
        await world.LinkAsync(buyer, integration);
        await world.TurnOnAsync(integration);

        world.Use(100);
        await world.NextHourAsync(integration);
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            UsageIncrement waiting = await db.UsageIncrements.SingleAsync(TestContext.Current.CancellationToken);
            Assert.Equal(WaitReason.NoConversion, waiting.WaitReason);
            Assert.Equal(200, waiting.OpenMinor);
            Guid dimension = (await db.Dimensions.SingleAsync(TestContext.Current.CancellationToken)).Id;
            await world.Get<Core.Conversion.ConversionService>().AddAsync(
                ConsoleWorld.Admin,
                new Core.Conversion.NewConversion { ProductId = product, MetricCode = "api_calls", DimensionId = dimension },
                TestContext.Current.CancellationToken);
        }

        await world.ReportAsync();

        Assert.Equal(200, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R6_Growth_seen_before_a_purchase_began_does_not_flow_to_it()
    {
        await using ConsoleWorld world = new();
        Guid integration = await world.ConnectAsync();
        Guid product = await world.ProductAsync();
        Guid buyer = await world.BuyerAsync(product: null);
        await world.LinkAsync(buyer, integration, LinkStart.FromZero);
        await world.TurnOnAsync(integration);
        world.Use(100);
        await world.NextHourAsync(integration); // 14:05: waits, no purchase

        world.MoveTo(new DateTimeOffset(2026, 8, 20, 15, 1, 0, TimeSpan.Zero));
        await world.EntitleAsync(buyer, product, startsAt: new DateTimeOffset(2026, 8, 20, 15, 0, 0, TimeSpan.Zero));
        world.Use(10);
        await world.NextHourAsync(integration); // 16:05: the hour from 15:00 is closed

        Assert.Equal(20, world.Billed);
        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        UsageIncrement waiting = await db.UsageIncrements.SingleAsync(increment => increment.WaitReason != null, TestContext.Current.CancellationToken);
        Assert.Equal((WaitReason.EntitlementStartsLater, 200m), (waiting.WaitReason!.Value, waiting.OpenMinor));
    }

    [Fact]
    public async Task R6_Released_money_that_is_on_no_record_says_why()
    {
        await using ConsoleWorld world = new();
        Guid integration = await world.ConnectAsync();
        Guid product = await world.ProductAsync("1.00");
        await world.LinkAsync(await world.BuyerAsync(product), integration);
        await world.TurnOnAsync(integration);
        world.Use(20); // 40 cents: less than a unit of 1.00
        await world.NextHourAsync(integration);

        UsageQueries usage = world.Get<UsageQueries>();
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        Guid mark = (await db.UsageIncrements.SingleAsync(stop)).MarkId;
        async Task<AllocationWait?> ReasonAsync() =>
            (await usage.FindAsync(mark, 0, 10, stop))!.Moments.Single(moment => moment.Increment is not null).Increment!.MeterWait;

        Assert.Equal(AllocationWait.LessThanOneUnit, await ReasonAsync());

        await db.Entitlements.ExecuteUpdateAsync(set => set.SetProperty(row => row.State, EntitlementState.Suspended), stop);
        Assert.Equal(AllocationWait.EntitlementNotActive, await ReasonAsync());
    }

    [Fact]
    public async Task One_buyer_that_fails_does_not_keep_the_others_from_their_hour()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, Guid product) = await world.SetUpAsync();
        Guid globex = await world.BuyerAsync(product, name: "Globex", licence: ConsoleWorld.Licence.Replace("l-0123", "l-4567", StringComparison.Ordinal));
        await world.LinkAsync(globex, integration, customer: "globex.example/eu");
        world.Use(100);
        world.Use(7, subscription: "globex-1");
        world.Sandbox.DeleteCustomer("globex.example/eu");

        world.MoveTo(new DateTimeOffset(2026, 8, 20, 14, 5, 0, TimeSpan.Zero));
        PollOutcome outcome = await world.PollAsync(integration);
        await world.ReportAsync();

        Assert.Equal(200, world.Billed);
        Assert.Null(outcome.Stopped);
    }

    [Theory]
    [InlineData(FaultKind.ErrorBefore)]
    [InlineData(FaultKind.Outage)]
    [InlineData(FaultKind.LostRequest)]
    public async Task A_Lago_that_is_down_for_an_hour_loses_nothing(FaultKind fault)
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        world.Sandbox.Faults.Always(SandboxService.Lago, fault);

        world.MoveTo(new DateTimeOffset(2026, 8, 20, 14, 5, 0, TimeSpan.Zero));
        PollOutcome failed = await world.PollAsync(integration);
        world.Sandbox.Faults.Clear();
        world.Use(50);
        await world.NextHourAsync(integration);

        Assert.NotNull(failed.Stopped);
        Assert.Equal(300, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R16_While_auto_report_is_off_nothing_is_released()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        world.MoveTo(new DateTimeOffset(2026, 8, 20, 14, 5, 0, TimeSpan.Zero));
        await world.PollAsync(integration);
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(row => row.AutoReport, false), TestContext.Current.CancellationToken);
        }

        await world.ReportAsync();

        Assert.Empty(await world.RecordsAsync());
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R16_What_would_rest_is_what_was_counted_and_is_on_no_record()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        AutoReportService autoReport = world.Get<AutoReportService>();
        CancellationToken stop = TestContext.Current.CancellationToken;
        Assert.Empty(await autoReport.RestingAsync(ConsoleWorld.Admin, integration, stop));
        world.Use(100);
        world.MoveTo(new DateTimeOffset(2026, 8, 20, 14, 5, 0, TimeSpan.Zero));
        await world.PollAsync(integration);

        Assert.Equal([new RestingMoney("USD", 200)], await autoReport.RestingAsync(ConsoleWorld.Admin, integration, stop));
        await world.ReportAsync();

        Assert.Empty(await autoReport.RestingAsync(ConsoleWorld.Admin, integration, stop));
    }

    [Theory]
    [InlineData(AutoReportStart.ReportIt, 240)]
    [InlineData(AutoReportStart.StartFromNow, 40)]
    public async Task R16_Switching_on_reports_what_has_accrued_or_starts_from_now(AutoReportStart start, long billed)
    {
        await using ConsoleWorld world = new();
        Guid integration = await world.ConnectAsync();
        Guid product = await world.ProductAsync();
        Guid buyer = await world.BuyerAsync(product);
        await world.LinkAsync(buyer, integration, LinkStart.FromZero);
        world.Use(100);

        AccruedPreview.Ready preview = Assert.IsType<AccruedPreview.Ready>(
            await world.Get<AutoReportService>().PreviewAsync(ConsoleWorld.Admin, integration, TestContext.Current.CancellationToken));
        AccruedLine line = Assert.Single(preview.Lines);
        Assert.Equal(("api_calls", "USD", 200m, "Acme Corporation"), (line.MetricCode, line.Currency, line.AmountMinor, line.BuyerName));
        await world.TurnOnAsync(integration, start);
        world.Use(20);
        await world.NextHourAsync(integration);

        Assert.Equal(billed, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(OpenMoneyChoice.Report, 200)]
    [InlineData(OpenMoneyChoice.WriteOff, 0)]
    public async Task R7_Money_that_waited_when_its_link_was_removed_is_reported_or_written_off_as_the_person_said(OpenMoneyChoice choice, long billed)
    {
        await using ConsoleWorld world = new();
        Guid integration = await world.ConnectAsync();
        Guid product = await world.ProductAsync();
        Guid buyer = await world.BuyerAsync(product: null);
        await world.LinkAsync(buyer, integration);
        await world.TurnOnAsync(integration);
        world.Use(100);
        await world.NextHourAsync(integration); // waits: the buyer has bought nothing yet

        CancellationToken stop = TestContext.Current.CancellationToken;
        Assert.IsType<LinkSaveOutcome.Saved>(await world.Get<BuyerLinkService>().RemoveAsync(
            ConsoleWorld.Admin, buyer, choice, await world.Get<BuyerLinkService>().RemovePreviewAsync(ConsoleWorld.Admin, buyer, stop) ?? [], stop));
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(row => row.AutoReport, false), stop);
        }

        await world.EntitleAsync(buyer, product);
        await world.ReportAsync();

        Assert.Equal(billed, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(LinkStart.FromZero, null, 260)]
    [InlineData(LinkStart.FromNow, null, 60)]
    [InlineData(LinkStart.Typed, 150L, 110)]
    public async Task R7_T10_The_start_of_a_link_is_chosen(LinkStart start, long? billedElsewhere, long billed)
    {
        await using ConsoleWorld world = new();
        Guid integration = await world.ConnectAsync();
        Guid product = await world.ProductAsync();
        Guid buyer = await world.BuyerAsync(product);
        world.Use(100); // 200 cents before the link
        await world.LinkAsync(buyer, integration, start, billedElsewhere: billedElsewhere);
        await world.TurnOnAsync(integration);

        world.Use(30);
        await world.NextHourAsync(integration);

        Assert.Equal(billed, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R3_T5_A_new_period_starts_a_new_mark_and_the_old_one_is_closed_with_Lagos_final_total()
    {
        await using ConsoleWorld world = new(new DateTimeOffset(2026, 8, 31, 21, 50, 0, TimeSpan.Zero));
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        await world.NextHourAsync(integration); // 22:05
        await world.NextHourAsync(integration); // 23:05
        world.Use(40); // after the last poll of the month (T4)

        world.MoveTo(new DateTimeOffset(2026, 9, 1, 0, 5, 0, TimeSpan.Zero));
        world.Use(5); // counts into September
        await world.PollAsync(integration);
        await world.ReportAsync();
        Assert.Equal(210, world.Billed);

        world.MoveTo(new DateTimeOffset(2026, 9, 1, 0, 25, 0, TimeSpan.Zero)); // after the biller
        Core.Closing.CloseOutcome closed = await world.CloseAsync(integration);
        Assert.Equal(1, closed.Closed);
        await world.NextHourAsync(integration);

        Assert.Equal(290, world.Billed); // 100 + 40 in August, 5 in September, 2 cents each
        await world.AssertBalancedAsync();

        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        List<BillingPeriod> periods = await db.BillingPeriods.OrderBy(period => period.PeriodStart).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal([BillingPeriodState.Closed, BillingPeriodState.Open], periods.Select(period => period.State));
    }
}
