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

/// <summary>A run meets what has changed since it began: a link, a customer, a lease, a clock. It neither loses nor doubles anything, nor keeps others from going on.</summary>
public sealed class RunsThatMeetTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

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

        IReadOnlyList<OpenMoneyLine> seen = await world.Get<BuyerLinkService>().RemovePreviewAsync(ConsoleWorld.Admin, buyer, Stop) ?? [];
        await world.Get<BuyerLinkService>().RemoveAsync(ConsoleWorld.Admin, buyer, OpenMoneyChoice.WriteOff, seen, Stop);
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
        MeteringAnswer answer = await world.Get<IEnumerable<IMarketplaceMeter>>().Single(meter => meter.Marketplace == Marketplace.Aws).ReportAsync(batch.BatchKey, batch.Records, Stop);
        Assert.IsType<MeteringReceipt.Accepted>(answer.Items[0].Receipt);
        world.MoveTo(world.Now.AddMinutes(3)); // the node stood still; another one passed time
        await records.PassTimeAsync(null, Stop);
        await records.SettleAsync(batch, answer, Stop);
        world.MoveTo(world.Now.AddMinutes(11));
        await world.ReportAsync();
        Assert.Equal(UsageRecordState.Accepted, Assert.Single(await world.RecordsAsync()).State);
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
            await db.Meters.Where(row => row.Id == meter.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Marketplace, (Marketplace)99), Stop);
        }

        await Record.ExceptionAsync(world.ReportAsync);
        await Record.ExceptionAsync(world.ReportAsync);
        Assert.NotEqual(0, world.Billed);
    }

    [Theory]
    [InlineData(UsageRecordState.Retry)] // it rests until an instant that a clock far ahead wrote
    [InlineData(UsageRecordState.Sending)] // or a process that was killed holds its lease until then
    public async Task R13_A_rest_or_a_lease_that_a_clock_far_ahead_wrote_ends_at_once(UsageRecordState state)
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        world.MoveTo(world.Now.AddMinutes(20));
        await world.PollAsync(integration);
        await world.MakeRecordsAsync();
        DateTimeOffset ahead = world.Now.AddHours(12);
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            await db.UsageRecords.ExecuteUpdateAsync(
                set => set.SetProperty(record => record.State, state).SetProperty(record => record.NextAttemptAt, ahead)
                    .SetProperty(record => record.LeaseUntil, ahead).SetProperty(record => record.LeaseOwner, "another node"),
                Stop);
        }

        await world.ReportAsync();
        world.MoveTo(world.Now.AddMinutes(11)); // the longest rest that a record of unknown outcome takes
        await world.ReportAsync();

        Assert.Equal(200, world.Billed);
        Assert.Equal(UsageRecordState.Accepted, Assert.Single(await world.RecordsAsync()).State);
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
