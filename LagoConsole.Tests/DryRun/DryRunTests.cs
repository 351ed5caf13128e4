using LagoConsole.Core.Buyers;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.DryRun;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Lago;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.DryRun;

/// <summary>What a dry run foresees is what the next window then does, to the byte; and it leaves nothing behind.</summary>
public sealed class DryRunTests : IAsyncDisposable
{
    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Hourly_the_next_poll_sends_what_was_foreseen()
    {
        (Guid integration, Guid buyer, _) = await _world.SetUpAsync();
        _world.Use(100); // 100 calls at 2 cents
        DateTimeOffset start = _world.Now;

        DryRunResult foreseen = await _world.ForeseeAsync(new DryRunScope.OfIntegration(integration));
        DryRunResult ofBuyer = await _world.ForeseeAsync(new DryRunScope.OfBuyer(buyer));
        await _world.NextHourAsync(integration);

        await _world.AssertHappenedAsync(foreseen, start);
        await _world.AssertHappenedAsync(ofBuyer, start);
        Assert.Equal(
            "The next window, 2026-08-20 13:00–14:00 UTC, released about 14:05, would send 1 record for 2.00 USD.", foreseen.Sentence());
        Assert.Equal(200, _world.Billed);
    }

    [Fact]
    public async Task Daily_growth_waits_for_midnight_as_was_foreseen()
    {
        (Guid integration, _, _) = await _world.SetUpAsync(BillingMode.AmountDaily, "0.50");
        _world.Use(60); // 1.20 USD
        await _world.NextHourAsync(integration);
        _world.Use(15); // 0.30 USD
        DateTimeOffset start = _world.Now;

        DryRunResult foreseen = await _world.ForeseeAsync(new DryRunScope.OfIntegration(integration));
        for (int hour = 15; hour <= 24; hour++)
        {
            await _world.NextHourAsync(integration);
        }

        await _world.AssertHappenedAsync(foreseen, start);
        Assert.Equal("The next window, 2026-08-20 (UTC), released about 00:05, would send 1 record for 1.50 USD.", foreseen.Sentence());
        Assert.Equal(new DateTimeOffset(2026, 8, 20, 23, 0, 0, TimeSpan.Zero), Assert.Single(foreseen.Records).SlotHour);
        Assert.Equal(2, foreseen.Records[0].Parts.Count);
        Assert.Equal([false, true], foreseen.Records[0].Parts.Select(part => part.IsNew));
    }

    [Fact]
    public async Task Several_metrics_of_one_dimension_are_one_record_and_the_rest_stays_as_money()
    {
        (Guid integration, _, _) = await _world.SetUpAsync(unitPrice: "1.00", metrics: ["api_calls", "storage_gb"]);
        _world.Use(20); // 0.40 USD
        await _world.NextHourAsync(integration); // less than one unit
        _world.Use(30); // 0.60 USD
        _world.Use(3, "storage_gb"); // 1.50 USD
        DateTimeOffset start = _world.Now;

        DryRunResult foreseen = await _world.ForeseeAsync(new DryRunScope.OfIntegration(integration));
        await _world.NextHourAsync(integration);

        await _world.AssertHappenedAsync(foreseen, start);
        Assert.Equal(2, Assert.Single(foreseen.Records).Quantity);
        Assert.Equal(["usage_fee: 50, less than one unit"], foreseen.Stayed());
    }

    [Fact]
    public async Task A_jump_is_held_as_was_foreseen()
    {
        (Guid integration, _, _) = await _world.SetUpAsync(metrics: ["api_calls", "storage_gb"]);
        await LimitAsync(integration, 5_000);
        _world.Use(10_000); // 200.00 USD at once
        _world.Use(2, "storage_gb"); // 1.00 USD
        DateTimeOffset start = _world.Now;

        DryRunResult foreseen = await _world.ForeseeAsync(new DryRunScope.OfIntegration(integration));
        await _world.NextHourAsync(integration);

        await _world.AssertHappenedAsync(foreseen, start);
        Assert.Equal(100, _world.Billed);
        Assert.Equal(["api_calls: 20000, held (Jump)"], foreseen.Stayed());
        Assert.Equal(
            "The next window, 2026-08-20 13:00–14:00 UTC, released about 14:05, would send 1 record for 1.00 USD; 200.00 USD would wait: held (Jump).",
            foreseen.Sentence());
    }

    [Fact]
    public async Task Money_without_a_conversion_waits_and_a_proposed_conversion_lets_it_flow()
    {
        (Guid integration, _, Guid product) = await _world.SetUpAsync(metrics: ["storage_gb"]);
        _world.Use(100);
        await _world.NextHourAsync(integration); // 2.00 USD waits
        _world.Use(50);
        _world.Use(2, "storage_gb");
        DateTimeOffset start = _world.Now;
        Guid dimension = await DimensionAsync();
        ProposedChange.AddConversion change = new(product, "api_calls", dimension, ReportAtCloseOnly: false);

        DryRunResult asItIs = await _world.ForeseeAsync(new DryRunScope.OfProduct(product));
        DryRunOutcome.Ready proposed = Assert.IsType<DryRunOutcome.Ready>(await _world.TryAsync(new DryRunScope.OfProduct(product), change));

        Assert.Equal(["api_calls: 300, no conversion"], asItIs.Stayed());
        Assert.Equal(100, Assert.Single(asItIs.Records).AmountMinor);
        Assert.Equal(asItIs.Sentence(), proposed.Unchanged!.Sentence());
        Assert.Equal(
            "As things are now, it would send 1 record for 1.00 USD; 3.00 USD would wait: no conversion.", proposed.Unchanged!.ComparisonSentence(proposed.Result));

        // 14:15 sends what waits, 15:05 what Lago shows now.
        Assert.Equal([200, 200], proposed.Result.Records.Select(record => record.AmountMinor));
        Assert.IsType<ProductOutcome.Saved>(await _world.Get<ConversionService>().AddAsync(
            ConsoleWorld.Admin, new NewConversion { ProductId = product, MetricCode = "api_calls", DimensionId = dimension }, Stop));
        await RunUntilAsync(ReportingWindow.FloorToHour(_world.Now).AddHours(1));
        await _world.NextHourAsync(integration);
        await _world.AssertHappenedAsync(proposed.Result, start);
    }

    [Fact]
    public async Task Without_its_conversion_new_money_of_a_metric_would_wait()
    {
        (Guid integration, Guid buyer, Guid product) = await _world.SetUpAsync(metrics: ["api_calls", "storage_gb"]);
        _world.Use(100);
        _world.Use(2, "storage_gb");
        DateTimeOffset start = _world.Now;
        Guid conversion = (await _world.Get<ProductQueries>().FindAsync(product, Stop))!.Conversions.Single(row => row.MetricCode == "api_calls").Id;

        DryRunResult foreseen = await _world.ForeseeAsync(new DryRunScope.OfBuyer(buyer), new ProposedChange.RemoveConversion(conversion));
        await _world.Get<ConversionService>().RemoveAsync(ConsoleWorld.Admin, conversion, Stop);
        await _world.NextHourAsync(integration);

        await _world.AssertHappenedAsync(foreseen, start);
        Assert.Equal(["api_calls: 200, no conversion"], foreseen.Stayed());
    }

    [Fact]
    public async Task R9_A_price_set_now_counts_from_the_next_hour_as_was_foreseen()
    {
        (Guid integration, _, Guid product) = await _world.SetUpAsync(unitPrice: "0.01");
        _world.Use(100);
        DateTimeOffset start = _world.Now;
        ProposedChange.SetPrice change = new(await DimensionAsync(), EntitlementId: null, "0.05", EffectiveFrom: null);

        DryRunResult thisHour = await _world.ForeseeAsync(new DryRunScope.OfProduct(product), change);
        Assert.IsType<ProductOutcome.Saved>(await _world.Get<ProductService>().SetPriceAsync(
            ConsoleWorld.Admin, new NewPrice { DimensionId = change.DimensionId, UnitPrice = "0.05" }, Stop));
        await _world.NextHourAsync(integration);
        await _world.AssertHappenedAsync(thisHour, start);
        Assert.Equal((200L, 1m), (Assert.Single(thisHour.Records).Quantity, thisHour.Records[0].UnitPriceMinor));

        _world.Use(101); // 2.02 USD
        DateTimeOffset next = _world.Now;
        DryRunResult nextHour = await _world.ForeseeAsync(new DryRunScope.OfProduct(product));
        await _world.NextHourAsync(integration);
        await _world.AssertHappenedAsync(nextHour, next);
        Assert.Equal((40L, 5m, 2m), (Assert.Single(nextHour.Records).Quantity, nextHour.Records[0].UnitPriceMinor, nextHour.Records[0].RemainderAfterMinor));
    }

    [Theory]
    [InlineData(AutoReportStart.ReportIt)]
    [InlineData(AutoReportStart.StartFromNow)]
    public async Task R16_Switching_on_does_what_was_foreseen(AutoReportStart startFrom)
    {
        Guid integration = await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(await _world.ProductAsync(metrics: ["api_calls", "storage_gb"]));
        await _world.LinkAsync(buyer, integration);
        await _world.TurnOnAsync(integration);
        _world.Use(50); // 1.00 USD, counted and not reported
        await _world.PollAsync(integration);
        await SwitchOffAsync(integration);
        _world.Use(100); // 2.00 USD, not counted
        _world.Use(1, "storage_gb"); // 0.50 USD, a key that does not exist yet
        DateTimeOffset start = _world.Now;

        DryRunResult off = await _world.ForeseeAsync(new DryRunScope.OfIntegration(integration));
        DryRunResult foreseen = await _world.ForeseeAsync(
            new DryRunScope.OfIntegration(integration), new ProposedChange.TurnOn(integration, startFrom));
        await _world.TurnOnAsync(integration, startFrom);
        await _world.NextHourAsync(integration);

        await _world.AssertHappenedAsync(foreseen, start);
        Assert.Equal(
            "Nothing is polled now, and reporting would send nothing; 3.50 USD would wait: auto report off.", off.Sentence());
        (decimal sent, decimal givenUp) = startFrom == AutoReportStart.ReportIt ? (350m, 0m) : (0m, 350m);
        Assert.Equal(sent, foreseen.Records.Sum(record => record.AmountMinor));
        Assert.Equal(givenUp, foreseen.Stays.Where(stay => stay.Reason is StayReason.GivenUp).Sum(stay => stay.AmountMinor));
        Assert.Equal(sent, _world.Billed);
    }

    [Fact]
    public async Task R17_Another_billing_mode_releases_when_was_foreseen()
    {
        (Guid integration, _, _) = await _world.SetUpAsync(BillingMode.AmountDaily);
        _world.Use(50);
        await _world.NextHourAsync(integration);
        _world.Use(20);
        DateTimeOffset start = _world.Now;
        ProposedChange.ChangeMode change = new(integration, BillingMode.AmountHourly);

        DryRunOutcome.Ready foreseen = Assert.IsType<DryRunOutcome.Ready>(await _world.TryAsync(new DryRunScope.OfIntegration(integration), change));
        IntegrationRow row = (await _world.Get<IntegrationQueries>().FindAsync(integration, Stop))!;
        Assert.IsType<EditOutcome.Saved>(await _world.Get<IntegrationService>().EditAsync(
            ConsoleWorld.Admin, new EditIntegration { Id = integration, SeenSettings = row.Settings, BillingMode = BillingMode.AmountHourly }, Stop));
        await RunUntilAsync(ReportingWindow.FloorToHour(_world.Now).AddHours(1));
        await _world.NextHourAsync(integration);

        await _world.AssertHappenedAsync(foreseen.Result, start);
        Assert.Equal([100, 40], foreseen.Result.Records.Select(record => record.AmountMinor));
        Assert.Equal(
            "As things are now, the next window, 2026-08-20 (UTC), released about 00:05, would send 1 record for 1.40 USD.",
            foreseen.Unchanged!.ComparisonSentence(foreseen.Result));
    }

    [Theory]
    [InlineData(LinkStart.FromZero, 240)]
    [InlineData(LinkStart.FromNow, 0)]
    [InlineData(LinkStart.Typed, 190)]
    public async Task R7_A_saved_link_bills_from_the_start_that_was_foreseen(LinkStart startFrom, long billed)
    {
        Guid integration = await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(await _world.ProductAsync());
        await _world.TurnOnAsync(integration);
        _world.Use(120);
        LinkPreview preview = Assert.IsType<LinkPreviewOutcome.Ready>(
            await _world.Get<BuyerLinkService>().PreviewAsync(ConsoleWorld.Admin, buyer, integration, "cus_acme", Stop)).Preview;
        Dictionary<string, long> typed = preview.Lines.ToDictionary(line => line.Key, line => startFrom == LinkStart.Typed ? Math.Min(50, line.TotalMinor) : 0);
        DateTimeOffset start = _world.Now;

        DryRunResult foreseen = await _world.ForeseeAsync(
            new DryRunScope.OfLink(preview), new ProposedChange.SaveLink(preview, startFrom, typed, OldMoney: null));
        Assert.IsType<LinkSaveOutcome.Saved>(await _world.Get<BuyerLinkService>().SaveAsync(
            ConsoleWorld.Admin, preview, startFrom, typed, oldMoney: null, Stop));
        await _world.NextHourAsync(integration);

        await _world.AssertHappenedAsync(foreseen, start);
        Assert.Equal(billed, _world.Billed);
        Assert.Equal(240 - billed, foreseen.Stays.Where(stay => stay.Reason is StayReason.BeforeStart).Sum(stay => stay.AmountMinor));
    }

    [Fact]
    public async Task R8_A_projection_and_R2_a_fall_are_told_and_count_nowhere()
    {
        _world.Sandbox.AddSubscription("cus_acme", "acme-volume", "volume", startsAt: new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero));
        (Guid integration, _, _) = await _world.SetUpAsync(metrics: ["api_calls", "disk_level"]);
        _world.Use(10, subscription: "acme-volume"); // 10 × 25.00
        await _world.NextHourAsync(integration);
        _world.Use(30, subscription: "acme-volume"); // 40 × 5.00: it fell by 50.00
        _world.Use(500, "disk_level");
        DateTimeOffset start = _world.Now;

        DryRunResult foreseen = await _world.ForeseeAsync(new DryRunScope.OfIntegration(integration));
        await _world.NextHourAsync(integration);

        await _world.AssertHappenedAsync(foreseen, start);
        Assert.Empty(foreseen.Records);
        Assert.Contains(foreseen.Stays, stay => stay is { Source: "api_calls", AmountMinor: 5_000, Reason: StayReason.BelowMark });
        Assert.Contains(foreseen.Stays, stay => stay is { Source: "disk_level", Reason: StayReason.Projection, AmountMinor: > 0 });
        Assert.DoesNotContain("50.00 USD", foreseen.Sentence(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task R4_Before_a_period_ends_the_extra_poll_brings_what_was_foreseen_and_an_unseen_period_is_left_to_its_close()
    {
        await using ConsoleWorld world = new(new DateTimeOffset(2026, 8, 31, 23, 50, 0, TimeSpan.Zero));
        (Guid integration, _, Guid product) = await world.SetUpAsync();
        Guid other = await world.BuyerAsync(product, name: "Initech", licence: ConsoleWorld.Licence.Replace("l-0123", "l-4567", StringComparison.Ordinal));
        world.Sandbox.AddCustomer(new LagoCustomer("cus_initech", "Initech"));
        await world.LinkAsync(other, integration, customer: "cus_initech");
        world.Sandbox.AddSubscription("cus_initech", "initech-1", "standard", startsAt: world.Now.AddMinutes(-30));
        world.Use(100);
        world.Use(25, subscription: "initech-1"); // 0.50 USD in a period that no poll has seen
        DateTimeOffset start = world.Now;

        DryRunResult foreseen = await world.ForeseeAsync(new DryRunScope.OfIntegration(integration));
        world.MoveTo(new DateTimeOffset(2026, 8, 31, 23, 55, 5, TimeSpan.Zero));
        await world.Get<ExtraPolls>().RunAsync(Stop);
        await world.NextHourAsync(integration);

        Assert.Equal(200, foreseen.Records.Sum(record => record.AmountMinor));
        Assert.Equal(["api_calls: 50, its period ends first"], foreseen.Stayed());
        await world.AssertHappenedAsync(foreseen, start);
    }

    [Fact]
    public async Task R18_The_last_record_of_a_purchase_that_ends_is_foreseen()
    {
        (Guid integration, Guid buyer, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration); // 14:05: the hour 13
        _world.MoveTo(_world.Now.AddMinutes(15));
        await EndAsync(buyer, _world.Now); // 14:20, and AWS takes usage until 15:20
        _world.MoveTo(_world.Now.AddMinutes(5));
        _world.Use(40); // 0.80 USD, late
        DateTimeOffset start = _world.Now;

        DryRunResult foreseen = await _world.ForeseeAsync(new DryRunScope.OfBuyer(buyer));
        foreach (int minutes in (int[])[10, 16]) // 14:35 by the schedule, 14:51 for the last record
        {
            _world.MoveTo(_world.Now.AddMinutes(minutes));
            await _world.ReportAsync();
        }

        await _world.NextHourAsync(integration);
        await _world.AssertHappenedAsync(foreseen, start);
        Assert.Equal((80m, 14), (Assert.Single(foreseen.Records).AmountMinor, foreseen.Records[0].SlotHour.Hour));
    }

    [Fact]
    public async Task R8_A_conversion_that_reports_at_period_close_only_lets_nothing_flow_before()
    {
        (Guid integration, Guid buyer, Guid product) = await _world.SetUpAsync();
        _world.Use(100);
        DateTimeOffset start = _world.Now;
        Guid conversion = Assert.Single((await _world.Get<ProductQueries>().FindAsync(product, Stop))!.Conversions).Id;

        DryRunResult foreseen = await _world.ForeseeAsync(
            new DryRunScope.OfBuyer(buyer), new ProposedChange.ChangeConversion(conversion, ReportAtCloseOnly: true));
        await _world.Get<ConversionService>().SetReportAtCloseOnlyAsync(ConsoleWorld.Admin, conversion, true, Stop);
        await _world.NextHourAsync(integration);

        await _world.AssertHappenedAsync(foreseen, start);
        Assert.Equal(["api_calls: 200, reported at period close"], foreseen.Stayed());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task At_any_minute_of_any_hour_the_next_window_is_foreseen(int seed)
    {
        Random random = new(seed);
        (Guid integration, Guid buyer, Guid product) = await _world.SetUpAsync(unitPrice: "0.07", metrics: ["api_calls", "storage_gb"]);
        Guid dimension = await DimensionAsync();
        await _world.NextHourAsync(integration);
        for (int hour = 0; hour < 25; hour++)
        {
            DateTimeOffset full = ReportingWindow.FloorToHour(_world.Now);
            int asked = random.Next(6, 60);
            await RunUntilAsync(full.AddMinutes(asked));
            _world.Use(random.Next(1, 30));
            _world.Use(random.Next(-3, 6), "storage_gb");
            switch (random.Next(8))
            {
                case 0:
                    await ToggleAsync(product, dimension);
                    break;
                case 1:
                    await _world.Get<ProductService>().SetPriceAsync(
                        ConsoleWorld.Admin, new NewPrice { DimensionId = dimension, UnitPrice = $"0.0{random.Next(1, 9)}" }, Stop);
                    break;
                case 2:
                    await SuspendAsync(buyer);
                    break;
            }

            DateTimeOffset start = _world.Now;
            DryRunResult foreseen = await _world.ForeseeAsync(random.Next(2) == 0 ? new DryRunScope.OfIntegration(integration) : new DryRunScope.OfProduct(product));
            await RunUntilAsync(full.AddMinutes(60));
            await _world.NextHourAsync(integration);

            await _world.AssertHappenedAsync(foreseen, start);
            decimal stays = foreseen.Stays.Where(stay => stay.Reason.IsWaiting).Sum(stay => stay.AmountMinor);
            await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
            Assert.Equal((await db.UsageIncrements.Where(increment => increment.IsOpen).ToListAsync(Stop)).Sum(increment => increment.OpenMinor), stays);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task At_any_minute_of_any_day_the_next_midnight_is_foreseen(int seed)
    {
        Random random = new(seed);
        (Guid integration, Guid buyer, Guid product) = await _world.SetUpAsync(BillingMode.AmountDaily, "0.07", "api_calls", "storage_gb");
        Guid dimension = await DimensionAsync();
        for (int day = 0; day < 3; day++)
        {
            for (int hour = random.Next(1, 12); hour > 0; hour--)
            {
                _world.Use(random.Next(1, 30));
                _world.Use(random.Next(-3, 6), "storage_gb");
                await RunUntilAsync(ReportingWindow.FloorToHour(_world.Now).AddHours(1));
                await _world.NextHourAsync(integration);
            }

            if (random.Next(2) == 0)
            {
                await ToggleAsync(product, dimension);
            }

            await RunUntilAsync(ReportingWindow.FloorToHour(_world.Now).AddMinutes(random.Next(6, 60)));
            _world.Use(random.Next(1, 30));
            DateTimeOffset start = _world.Now;
            DryRunResult foreseen = await _world.ForeseeAsync(new DryRunScope.OfBuyer(buyer));
            do
            {
                await RunUntilAsync(ReportingWindow.FloorToHour(_world.Now).AddHours(1));
                await _world.NextHourAsync(integration);
            }
            while (_world.Now.Hour != 0);

            await _world.AssertHappenedAsync(foreseen, start);
        }
    }

    [Fact]
    public async Task One_buyers_dry_run_leaves_the_others_money_out()
    {
        (Guid integration, Guid buyer, Guid product) = await _world.SetUpAsync();
        Guid other = await _world.BuyerAsync(product, name: "Globex", licence: ConsoleWorld.Licence.Replace("l-0123", "l-4567", StringComparison.Ordinal));
        await _world.LinkAsync(other, integration, customer: "globex.example/eu");
        _world.Use(100);
        _world.Use(10, subscription: "globex-1");
        DateTimeOffset start = _world.Now;

        DryRunResult ofBuyer = await _world.ForeseeAsync(new DryRunScope.OfBuyer(buyer));
        DryRunResult all = await _world.ForeseeAsync(new DryRunScope.OfIntegration(integration));
        await _world.NextHourAsync(integration);

        await _world.AssertHappenedAsync(all, start);
        Assert.Equal(("Acme Corporation", 200m), (Assert.Single(ofBuyer.Records).BuyerName, ofBuyer.Records[0].AmountMinor));
        Assert.Equal(["Acme Corporation", "Globex"], all.Records.Select(record => record.BuyerName));
    }

    [Fact]
    public async Task A_meter_whose_earlier_record_has_no_answer_makes_none()
    {
        (Guid integration, Guid buyer, _) = await _world.SetUpAsync();
        _world.Use(100);
        _world.Sandbox.Faults.Next(SandboxService.Aws, FaultKind.LostAnswer);
        await _world.NextHourAsync(integration);
        _world.Use(10);

        DryRunResult foreseen = await _world.ForeseeAsync(new DryRunScope.OfBuyer(buyer));

        Assert.Empty(foreseen.Records);
        Assert.Equal(["usage_fee: 20, an earlier record has no answer yet"], foreseen.Stayed());
    }

    [Fact]
    public async Task A_change_that_would_be_refused_is_refused_here_with_the_same_words()
    {
        (_, _, Guid product) = await _world.SetUpAsync();
        _world.Use(100);

        DryRunOutcome outcome = await _world.TryAsync(
            new DryRunScope.OfProduct(product), new ProposedChange.AddConversion(product, "api_calls", await DimensionAsync(), ReportAtCloseOnly: false));

        Assert.StartsWith("api_calls already goes to usage_fee.", Assert.IsType<DryRunOutcome.Refused>(outcome).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_Lago_there_is_no_dry_run_and_that_is_said()
    {
        (Guid integration, Guid buyer, _) = await _world.SetUpAsync();
        _world.Sandbox.Faults.Always(SandboxService.Lago, FaultKind.Outage);

        DryRunOutcome ofIntegration = await _world.TryAsync(new DryRunScope.OfIntegration(integration));
        DryRunOutcome ofBuyer = await _world.TryAsync(new DryRunScope.OfBuyer(buyer));

        Assert.Contains("the change can be saved without one", Assert.IsType<DryRunOutcome.Failed>(ofIntegration).Sentence, StringComparison.Ordinal);
        Assert.IsType<DryRunOutcome.Failed>(ofBuyer);
    }

    [Fact]
    public async Task What_throws_in_the_middle_stores_nothing_and_the_other_buyers_go_on()
    {
        (Guid integration, _, Guid product) = await _world.SetUpAsync();
        Guid other = await _world.BuyerAsync(product, name: "Globex", licence: ConsoleWorld.Licence.Replace("l-0123", "l-4567", StringComparison.Ordinal));
        await _world.LinkAsync(other, integration, customer: "globex.example/eu");
        _world.Use(100);
        _world.Use(10, subscription: "globex-1");
        await _world.NextHourAsync(integration);
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            // An increment that is open and nowhere: the books are damaged.
            UsageIncrement damaged = await db.UsageIncrements.SingleAsync(increment => increment.BuyerId == other, Stop);
            await db.UsageIncrements.Where(increment => increment.Id == damaged.Id).ExecuteUpdateAsync(
                set => set.SetProperty(increment => increment.IsOpen, true).SetProperty(increment => increment.OpenMinor, 5m).SetProperty(increment => increment.MeterId, (Guid?)null), Stop);
        }

        _world.Use(50);

        DryRunResult result = Assert.IsType<DryRunOutcome.Ready>(await _world.TryAsync(new DryRunScope.OfIntegration(integration))).Result;

        Assert.StartsWith("Globex could not be worked out and is missing here:", Assert.Single(result.Problems), StringComparison.Ordinal);
        Assert.Equal("Acme Corporation", Assert.Single(result.Records).BuyerName);
    }

    [Fact]
    public async Task A_viewer_may_look_and_a_change_needs_the_role_that_saves_it()
    {
        (Guid integration, Guid buyer, Guid product) = await _world.SetUpAsync();
        Actor viewer = new("vera", Role.Viewer);
        Actor operatorRole = new("olga", Role.Operator);

        Assert.IsType<DryRunOutcome.Ready>(await _world.TryAsync(new DryRunScope.OfBuyer(buyer), actor: viewer));
        await Assert.ThrowsAsync<ForbiddenException>(() => _world.TryAsync(new DryRunScope.OfBuyer(buyer), actor: new Actor("nobody", Role.None)));
        await Assert.ThrowsAsync<ForbiddenException>(() => _world.TryAsync(
            new DryRunScope.OfProduct(product), new ProposedChange.AddConversion(product, "storage_gb", Guid.Empty, ReportAtCloseOnly: false), viewer));
        await Assert.ThrowsAsync<ForbiddenException>(() => _world.TryAsync(
            new DryRunScope.OfIntegration(integration), new ProposedChange.ChangeMode(integration, BillingMode.AmountDaily), operatorRole));
        await Assert.ThrowsAsync<ForbiddenException>(() => _world.TryAsync(
            new DryRunScope.OfIntegration(integration), new ProposedChange.TurnOn(integration, AutoReportStart.ReportIt), operatorRole));
    }

    [Fact]
    public async Task Lago_is_read_once_for_any_number_of_changes()
    {
        (_, Guid buyer, Guid product) = await _world.SetUpAsync();
        _world.Use(100);
        DryRunSession session = new(_world.Get<DryRunService>(), ConsoleWorld.Admin, new DryRunScope.OfBuyer(buyer));
        await session.RunAsync(change: null, lookAgain: false, _ => { }, Stop);
        _world.Use(100);

        DryRunOutcome again = await session.RunAsync(
            new ProposedChange.SetPrice(await DimensionAsync(), null, "0.02", null), lookAgain: false, _ => { }, Stop);
        DryRunOutcome anew = await session.RunAsync(change: null, lookAgain: true, _ => { }, Stop);

        Assert.Equal(200, Assert.Single(Assert.IsType<DryRunOutcome.Ready>(again).Result.Records).AmountMinor);
        Assert.Equal(400, Assert.Single(Assert.IsType<DryRunOutcome.Ready>(anew).Result.Records).AmountMinor);
        Assert.NotEqual(Guid.Empty, product);
    }

    /// <summary>Goes there, running what the schedule runs on the way.</summary>
    private async Task RunUntilAsync(DateTimeOffset instant)
    {
        DateTimeOffset hour = ReportingWindow.FloorToHour(_world.Now);
        foreach (int minute in (int[])[15, 35])
        {
            if (hour.AddMinutes(minute) > _world.Now && hour.AddMinutes(minute) < instant)
            {
                _world.MoveTo(hour.AddMinutes(minute));
                await _world.ReportAsync();
            }
        }

        if (ReportingWindow.FloorToHour(instant) == hour)
        {
            _world.MoveTo(instant);
        }
    }

    private async Task ToggleAsync(Guid product, Guid dimension)
    {
        ConversionRow? present = (await _world.Get<ProductQueries>().FindAsync(product, Stop))!.Conversions.FirstOrDefault(row => row.MetricCode == "storage_gb");
        _ = present is null
            ? await _world.Get<ConversionService>().AddAsync(
                ConsoleWorld.Admin, new NewConversion { ProductId = product, MetricCode = "storage_gb", DimensionId = dimension }, Stop)
            : await _world.Get<ConversionService>().RemoveAsync(ConsoleWorld.Admin, present.Id, Stop);
    }

    /// <summary>Or makes it active again.</summary>
    private Task SuspendAsync(Guid buyer) => EditAsync(
        buyer, purchase => (purchase.State == EntitlementState.Active ? EntitlementState.Suspended : EntitlementState.Active, purchase.EndsAt));

    private Task EndAsync(Guid buyer, DateTimeOffset at) => EditAsync(buyer, _ => (EntitlementState.Cancelled, at));

    private async Task EditAsync(Guid buyer, Func<EntitlementDetail, (EntitlementState State, DateTimeOffset? EndsAt)> change)
    {
        EntitlementDetail purchase = Assert.Single((await _world.Get<BuyerQueries>().FindAsync(buyer, Stop))!.Entitlements);
        (EntitlementState state, DateTimeOffset? end) = change(purchase);
        Assert.IsType<BuyerOutcome.Saved>(await _world.Get<EntitlementService>().EditAsync(
            ConsoleWorld.Admin,
            new EditEntitlement { Id = purchase.Id, SeenVersion = purchase.Version, State = state, StartsAt = purchase.StartsAt, EndsAt = end },
            Stop));
    }

    private async Task<Guid> DimensionAsync()
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return (await db.Dimensions.SingleAsync(Stop)).Id;
    }

    private async Task LimitAsync(Guid integration, long absoluteMinor)
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        await db.Integrations.Where(row => row.Id == integration)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.JumpAbsoluteMinor, absoluteMinor).SetProperty(row => row.JumpFloorMinor, 100), Stop);
    }

    private async Task SwitchOffAsync(Guid integration)
    {
        IntegrationRow row = (await _world.Get<IntegrationQueries>().FindAsync(integration, Stop))!;
        Assert.IsType<EditOutcome.Saved>(await _world.Get<IntegrationService>().EditAsync(
            ConsoleWorld.Admin, new EditIntegration { Id = integration, SeenSettings = row.Settings, BillingMode = row.BillingMode, SwitchAutoReportOff = true }, Stop));
    }
}
