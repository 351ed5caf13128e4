using LagoConsole.Core.Buyers;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.Held;
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

/// <summary>What a person has said of money holds, whatever becomes of its link, integration or record afterwards.</summary>
public sealed class PersonsWordTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

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
        await world.Get<BuyerLinkService>().RemoveAsync(ConsoleWorld.Admin, buyer, OpenMoneyChoice.Report, [], Stop);
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
    public async Task No_more_is_written_off_with_a_link_than_the_person_saw()
    {
        await using ConsoleWorld world = new();
        Guid integration = await world.ConnectAsync();
        Guid buyer = await world.BuyerAsync(product: null); // its money waits
        await world.LinkAsync(buyer, integration);
        await world.TurnOnAsync(integration);
        world.Use(100);
        await world.NextHourAsync(integration);
        BuyerLinkService links = world.Get<BuyerLinkService>();
        IReadOnlyList<OpenMoneyLine> seen = (await links.RemovePreviewAsync(ConsoleWorld.Admin, buyer, Stop))!;
        world.Use(5_000);
        await world.NextHourAsync(integration); // while the dialog is open

        Assert.IsType<LinkSaveOutcome.Refused>(await links.RemoveAsync(ConsoleWorld.Admin, buyer, OpenMoneyChoice.WriteOff, seen, Stop));
        seen = (await links.RemovePreviewAsync(ConsoleWorld.Admin, buyer, Stop))!;
        Assert.Equal(10_200, Assert.Single(seen).AmountMinor);
        Assert.IsType<LinkSaveOutcome.Saved>(await links.RemoveAsync(ConsoleWorld.Admin, buyer, OpenMoneyChoice.WriteOff, seen, Stop));
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
