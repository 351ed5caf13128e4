using LagoConsole.Core.Buyers;
using LagoConsole.Core.Closing;
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
using Microsoft.EntityFrameworkCore.Storage;
using Xunit;

namespace LagoConsole.Tests.Scenarios;

/// <summary>What a hard reviewer found: each lost, doubled or stranded money once.</summary>
public sealed class ReviewedHolesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

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
    public async Task Money_that_a_person_said_to_report_flows_when_its_reason_goes()
    {
        await using ConsoleWorld world = new();
        Guid integration = await world.ConnectAsync();
        Guid product = await world.ProductAsync("0.01", "storage_gb");
        Guid buyer = await world.BuyerAsync(product);
        await world.LinkAsync(buyer, integration);
        await world.TurnOnAsync(integration);
        world.Use(100); // 2.00, NoConversion
        await world.NextHourAsync(integration);
        await DeleteAsync(world, integration, OpenMoneyChoice.Report);
        Guid dimension;
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            dimension = (await db.Dimensions.SingleAsync(Stop)).Id;
        }

        await world.Get<Core.Conversion.ConversionService>().AddAsync(
            ConsoleWorld.Admin, new Core.Conversion.NewConversion { ProductId = product, MetricCode = "api_calls", DimensionId = dimension }, Stop);
        await world.ReportAsync();
        world.MoveTo(world.Now.AddHours(2));
        await world.ReportAsync();
        Assert.Equal(200, world.Billed);
    }

    [Fact]
    public async Task Money_found_after_a_link_was_removed_is_reported_when_a_person_says_so()
    {
        await using ConsoleWorld world = new(new DateTimeOffset(2026, 8, 31, 21, 50, 0, TimeSpan.Zero));
        (Guid integration, Guid buyer, _) = await world.SetUpAsync();
        world.Use(100);
        await world.NextHourAsync(integration);
        Assert.Equal(200, world.Billed);
        await world.Get<BuyerLinkService>().RemovePreviewAsync(ConsoleWorld.Admin, buyer, Stop);
        await world.Get<BuyerLinkService>().RemoveAsync(ConsoleWorld.Admin, buyer, OpenMoneyChoice.Report, Stop);
        world.Use(40); // 0.80, only the close sees it
        world.MoveTo(new DateTimeOffset(2026, 9, 1, 0, 25, 0, TimeSpan.Zero));
        await world.CloseAsync(integration);
        await DeleteAsync(world, integration, OpenMoneyChoice.Report);
        await world.ReportAsync();
        world.MoveTo(world.Now.AddHours(2));
        await world.ReportAsync();
        Assert.Equal(280, world.Billed);
    }

    [Fact]
    public async Task A_record_voided_after_its_integration_was_deleted_gives_its_money_to_a_later_hour()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        world.Sandbox.Faults.Always(SandboxService.Aws, FaultKind.Throttle);
        await world.NextHourAsync(integration); // the record exists, AWS throttles
        await DeleteAsync(world, integration, choice: null);
        world.Sandbox.Faults.Clear();
        world.MoveTo(new DateTimeOffset(2026, 8, 21, 14, 5, 0, TimeSpan.Zero)); // console was down for a day: void
        await world.ReportAsync();
        world.MoveTo(world.Now.AddHours(2));
        await world.ReportAsync();
        Assert.Equal(200, world.Billed);
    }

    [Fact]
    public async Task A_poll_under_way_writes_nothing_for_a_link_that_was_removed()
    {
        await using ConsoleWorld world = new();
        (Guid integration, Guid buyer, _) = await world.SetUpAsync();
        world.Use(100);
        await world.NextHourAsync(integration);
        Integration stored;
        List<BuyerLink> links;
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            stored = await db.Integrations.AsNoTracking().SingleAsync(Stop);
            links = await db.BuyerLinks.AsNoTracking().ToListAsync(Stop); // what the run under way has read
        }

        await world.Get<BuyerLinkService>().RemovePreviewAsync(ConsoleWorld.Admin, buyer, Stop);
        await world.Get<BuyerLinkService>().RemoveAsync(ConsoleWorld.Admin, buyer, OpenMoneyChoice.WriteOff, Stop);
        world.Use(1_000); // 20.00: after the removal
        world.MoveTo(world.Now.AddSeconds(30));
        await world.Get<UsagePipeline>().RunAsync(stored, links, Stop);
        world.MoveTo(new DateTimeOffset(2026, 8, 20, 15, 35, 0, TimeSpan.Zero));
        await world.ReportAsync();
        Assert.Equal(200, world.Billed);
    }

    [Fact]
    public async Task A_new_Lago_customer_that_took_over_the_external_id_is_not_billed_to_the_old_buyer()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Sandbox.DeleteCustomer("cus_acme");
        world.Sandbox.AddCustomer(new LagoCustomer("cus_acme", "Another company"));
        world.Sandbox.AddSubscription("cus_acme", "other-1", "standard");
        world.Use(1_000, subscription: "other-1"); // 20.00 of somebody else
        await world.NextHourAsync(integration);
        await world.NextHourAsync(integration);
        Assert.Equal(0, world.Billed);
    }

    [Fact]
    public async Task An_acceptance_that_came_after_the_lease_is_proof()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        world.IdenticalIsDuplicate();
        world.Use(100);
        world.MoveTo(new DateTimeOffset(2026, 8, 20, 14, 5, 0, TimeSpan.Zero));
        await world.PollAsync(integration);
        await world.MakeRecordsAsync();
        RecordStore records = world.Get<RecordStore>();
        LeasedBatch batch = (await records.LeaseDueAsync(25, "node-1", Stop))!;
        MeteringAnswer answer = await world.Get<IMarketplaceMeter>().ReportAsync(batch.BatchKey, batch.Records, Stop);
        Assert.IsType<MeteringReceipt.Accepted>(answer.Items[0].Receipt);
        world.MoveTo(world.Now.AddMinutes(3)); // the node stood still; another one passed time
        await records.PassTimeAsync(null, Stop);
        await records.SettleAsync(batch, answer, Stop);
        world.MoveTo(world.Now.AddMinutes(11));
        await world.ReportAsync();
        Assert.Equal(UsageRecordState.Accepted, Assert.Single(await world.RecordsAsync()).State);
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

    [Fact]
    public async Task A_subscription_that_ends_while_it_is_polled_does_not_fail_the_whole_run()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        await world.NextHourAsync(integration);
        Integration stored;
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            stored = await db.Integrations.AsNoTracking().SingleAsync(Stop);
        }

        LagoClient lago = ((LagoConnection.Opened)world.Get<IntegrationConnections>().Open(stored)).Client;
        LagoAnswer<IReadOnlyList<SubscriptionResponse>>.Ok list = (LagoAnswer<IReadOnlyList<SubscriptionResponse>>.Ok)await lago.ListSubscriptionsOfAsync("cus_acme", Stop);
        world.Use(10);
        world.MoveTo(world.Now.AddMinutes(1));
        UsageAnswer.Read read = Assert.IsType<UsageAnswer.Read>(await UsageReader.ReadAsync(lago, list.Value[0], world.Clock, Stop));
        world.Sandbox.Terminate("acme-prod");
        await world.CloseAsync(integration); // a close at that very moment ends the period
        BuyerLink link;
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            link = await db.BuyerLinks.AsNoTracking().SingleAsync(Stop);
        }

        ReadingOutcome? outcome = await world.Get<UsageStore>().SaveAsync(link, read.Reading, Stop);
        Assert.True(outcome!.Dropped); // the final invoice brings what it saw
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
    public async Task A_blocked_record_goes_on_when_what_it_names_was_mended()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        world.Sandbox.Faults.Always(SandboxService.Aws, FaultKind.Throttle);
        await world.NextHourAsync(integration);
        world.Sandbox.Faults.Clear();
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            // CustomerNotSubscribed, as AWS says in the first minutes of an agreement
            await db.UsageRecords.ExecuteUpdateAsync(set => set.SetProperty(row => row.State, UsageRecordState.Blocked).SetProperty(row => row.NextAttemptAt, (DateTimeOffset?)null), Stop);
        }

        for (int hour = 0; hour < 48; hour++)
        {
            world.Use(1);
            await world.NextHourAsync(integration);
        }

        Assert.Equal(200 + 96, world.Billed + 0);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_record_whose_sender_died_has_a_time_at_which_it_goes_on()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        world.MoveTo(new DateTimeOffset(2026, 8, 20, 14, 5, 0, TimeSpan.Zero));
        await world.PollAsync(integration);
        await world.MakeRecordsAsync();
        await world.Get<RecordStore>().LeaseDueAsync(25, "dead", Stop); // kill -9 here
        ReportOutcome recovered = await world.ReportAsync(); // Quartz's recovery, seconds later
        Assert.NotNull(recovered.NextAt);
    }

    [Fact]
    public async Task One_meter_that_cannot_be_allocated_does_not_keep_the_others_from_being_sent()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, Guid product) = await world.SetUpAsync();
        Guid globex = await world.BuyerAsync(product, name: "Globex", licence: ConsoleWorld.Licence.Replace("l-0123", "l-4567", StringComparison.Ordinal));
        await world.LinkAsync(globex, integration, customer: "globex.example/eu");
        world.Use(100);
        world.Use(7, subscription: "globex-1");
        world.MoveTo(new DateTimeOffset(2026, 8, 20, 14, 5, 0, TimeSpan.Zero));
        await world.PollAsync(integration);
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            Meter meter = await db.Meters.OrderBy(row => row.Id).FirstAsync(Stop);
            await db.Meters.Where(row => row.Id == meter.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Marketplace, Marketplace.Azure), Stop);
        }

        await Record.ExceptionAsync(world.ReportAsync);
        await Record.ExceptionAsync(world.ReportAsync);
        Assert.NotEqual(0, world.Billed);
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

    private static async Task DeleteAsync(ConsoleWorld world, Guid integration, OpenMoneyChoice? choice)
    {
        // What IntegrationDeletion does, without the scheduler.
        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        await using IDbContextTransaction transaction = await db.BeginMoneyTransactionAsync(Stop);
        Integration row = await db.Integrations.SingleAsync(candidate => candidate.Id == integration, Stop);
        if (choice is { } decided)
        {
            await OpenMoneyStore.DecideAsync(db, await OpenMoneyStore.Open(db, integration, null).ToListAsync(Stop), decided, world.Now, Stop);
        }

        await db.BuyerLinks.Where(link => link.IntegrationId == integration).ExecuteDeleteAsync(Stop);
        await db.UsageSnapshots.ExecuteDeleteAsync(Stop);
        db.Integrations.Remove(row);
        await db.SaveChangesAsync(Stop);
        await transaction.CommitAsync(Stop);
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

    [Fact]
    public async Task R20_Money_of_a_restored_record_that_turns_void_is_held_as_it_may_be_on_another_one()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        world.MoveTo(world.Now.AddMinutes(20));
        await world.PollAsync(integration);
        await world.MakeRecordsAsync();
        string backup = world.Database.Backup();
        world.Database.Restore(backup); // what happened to the record in between, these books do not know
        await world.Get<RestoredBooks>().DeclareAsync(ConsoleWorld.Admin, "disk failure", Stop);
        world.MoveTo(world.Now.AddHours(30)); // past its deadline
        await world.ReportAsync();
        UsageRecord record = Assert.Single(await world.RecordsAsync());
        Assert.Equal(UsageRecordState.Unresolved, record.State);

        await world.Get<RecordDecisions>().SettleAsync(ConsoleWorld.Admin, new SettleRecord(record.Id, record.Version, false, "Not at AWS."), Stop);
        await world.NextHourAsync(integration);

        Assert.Equal(0, world.Billed);
        HeldKey held = Assert.Single((await world.Get<HeldMoney>().ListAsync(new HeldFilter(HoldReason.Restored), 0, 100, Stop)).Keys, key => key.OpenMinor > 0);
        Assert.Equal(200, held.OpenMinor);
        await world.AssertBalancedAsync();
        await world.Get<HeldMoney>().DecideAsync(ConsoleWorld.Admin, new HoldDecision(held.MarkId, held.Stamp, 0, held.SeenMinor, "On no other record."), Stop);
        await world.NextHourAsync(integration);
        Assert.Equal(200, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R20_A_jump_that_was_decided_after_the_backup_can_be_said_to_be_billed()
    {
        await using ConsoleWorld world = new(new DateTimeOffset(2026, 8, 31, 21, 50, 0, TimeSpan.Zero));
        (Guid integration, _, _) = await world.SetUpAsync();
        await world.NextHourAsync(integration);
        world.Use(10_000_000); // 200,000.00 USD after the last poll: a jump that the close finds
        world.MoveTo(new DateTimeOffset(2026, 9, 1, 0, 30, 0, TimeSpan.Zero));
        await world.CloseAsync(integration);
        string backup = world.Database.Backup();
        HeldKey jump = Assert.Single((await world.Get<HeldMoney>().ListAsync(new HeldFilter(HoldReason.Jump), 0, 100, Stop)).Keys);
        await world.Get<HeldMoney>().DecideAsync(ConsoleWorld.Admin, new HoldDecision(jump.MarkId, jump.Stamp, 0, jump.SeenMinor, "A migration."), Stop);
        await world.NextHourAsync(integration);
        Assert.Equal(20_000_000, world.Billed);

        world.Database.Restore(backup);
        await world.Get<RestoredBooks>().DeclareAsync(ConsoleWorld.Admin, "disk failure", Stop);
        HeldKey restored = Assert.Single((await world.Get<HeldMoney>().ListAsync(new HeldFilter(HoldReason.Restored), 0, 100, Stop)).Keys, key => key.HeldMinor > 0);
        Assert.IsType<HoldOutcome.Decided>(await world.Get<HeldMoney>().DecideAsync(
            ConsoleWorld.Admin, new HoldDecision(restored.MarkId, restored.Stamp, 20_000_000, restored.SeenMinor, "Billed at AWS."), Stop));
        await world.NextHourAsync(integration);

        Assert.Equal(20_000_000, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(30, 280)] // no clock is a month ahead: what it stored keeps nothing from being read
    [InlineData(0.5, 200)] // another node's may be half a day ahead: an older look is dropped (R2)
    public async Task R2_What_a_clock_stored_that_was_far_ahead_keeps_no_later_look_from_being_used(double daysAhead, long billed)
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        await world.NextHourAsync(integration);
        DateTimeOffset ahead = world.Now.AddDays(daysAhead);
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            await db.BillingPeriods.ExecuteUpdateAsync(set => set.SetProperty(period => period.LastSnapshotAt, ahead), Stop);
        }

        world.Use(40);
        await world.NextHourAsync(integration);

        Assert.Equal(billed, world.Billed);
        await world.AssertBalancedAsync();
    }
}
