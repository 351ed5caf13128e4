using LagoConsole.Core.Audit;
using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using LagoConsole.Sandbox.Lago;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Held;

/// <summary>What is held flows when a person says so, up to what they say, once.</summary>
public sealed class HeldMoneyTests : IAsyncDisposable
{
    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R15_A_jump_is_held_decided_in_part_and_the_refused_rest_never_flows()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        await LimitAsync(integration, absoluteMinor: 5_000);
        _world.Use(100); // 2.00 USD at two cents a call
        await _world.NextHourAsync(integration);
        Assert.Equal(200, _world.Billed);

        _world.Use(10_000); // 200.00 USD at once, in a key that is an hour old
        await _world.NextHourAsync(integration);
        Assert.Equal(200, _world.Billed);
        HeldKey held = await SingleAsync();
        Assert.Equal((HoldReason.Jump, 200, 20_000, 20_200), (held.Reason, held.MarkMinor, held.HeldMinor, held.SeenMinor));

        Assert.IsType<HoldOutcome.Decided>(await DecideAsync(held, upTo: 5_200));
        await _world.NextHourAsync(integration);
        Assert.Equal(5_200, _world.Billed);

        _world.Use(50); // what comes later counts on top of what was decided, not of what was refused
        await _world.NextHourAsync(integration);
        Assert.Equal(5_300, _world.Billed);
        Assert.Empty((await _world.Get<HeldMoney>().ListAsync(new HeldFilter(), 0, 10, Stop)).Keys);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R15_What_is_decided_after_the_integration_was_deleted_is_billed_all_the_same()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        await LimitAsync(integration, absoluteMinor: 5_000);
        _world.Use(10_000);
        await _world.NextHourAsync(integration);
        HeldKey held = await SingleAsync();
        IntegrationDeletion deletion = _world.Get<IntegrationDeletion>();
        DeletePreview seen = (await deletion.PreviewAsync(ConsoleWorld.Admin, integration, Stop))!;
        Assert.IsType<DeleteOutcome.Deleted>(await deletion.DeleteAsync(
            ConsoleWorld.Admin, new DeleteIntegration(integration, seen.Stamp, OpenMoneyChoice.Report, seen.Name), Stop));

        Assert.IsType<HoldOutcome.Decided>(await DecideAsync(held, upTo: 20_000));
        _world.MoveTo(_world.Now.AddHours(1));
        await _world.ReportAsync();

        Assert.Equal(20_000, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R15_A_jump_that_Lago_takes_back_leaves_nothing_to_decide()
    {
        (Guid integration, _, _) = await _world.SetUpAsync(metrics: ["storage_gb"]);
        await LimitAsync(integration, absoluteMinor: 5_000);
        _world.Use(10, "storage_gb");
        await _world.NextHourAsync(integration);
        _world.Use(400, "storage_gb");
        await _world.NextHourAsync(integration);
        Assert.Equal(20_000, (await SingleAsync()).HeldMinor);

        _world.Use(-400, "storage_gb");
        await _world.NextHourAsync(integration);

        Assert.Empty((await _world.Get<HeldMoney>().ListAsync(new HeldFilter(), 0, 10, Stop)).Keys);
        Assert.Equal(500, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_decision_over_amounts_that_have_changed_meanwhile_changes_nothing()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        await LimitAsync(integration, absoluteMinor: 5_000);
        _world.Use(10_000);
        await _world.NextHourAsync(integration);
        HeldKey seen = await SingleAsync();
        _world.Use(1);
        await _world.NextHourAsync(integration);

        Assert.IsType<HoldOutcome.ChangedMeanwhile>(await DecideAsync(seen, upTo: seen.SeenMinor));
        Assert.Equal(0, _world.Billed);
    }

    [Fact]
    public async Task Only_an_administrator_decides_with_a_note_and_it_is_in_the_audit_log()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        await LimitAsync(integration, absoluteMinor: 5_000);
        _world.Use(10_000);
        await _world.NextHourAsync(integration);
        HeldKey held = await SingleAsync();
        HoldDecision decision = new(held.MarkId, held.Stamp, 0, held.SeenMinor, "  ");

        await Assert.ThrowsAsync<ForbiddenException>(() => _world.Get<HeldMoney>().DecideAsync(new Actor("op", Role.Operator), decision, Stop));
        Assert.IsType<HoldOutcome.Refused>(await _world.Get<HeldMoney>().DecideAsync(ConsoleWorld.Admin, decision, Stop));
        Assert.IsType<HoldOutcome.Decided>(await DecideAsync(held, held.SeenMinor));

        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        AuditEntry entry = await db.AuditEntries.SingleAsync(row => row.Action == "Decide held usage", Stop);
        Assert.Equal(("ada", "a migration of their data"), (entry.Actor, entry.Note));
    }

    [Fact]
    public async Task R20_Restored_books_hold_everything_until_a_person_says_what_was_billed_since()
    {
        (Guid integration, _, _) = await _world.SetUpAsync(metrics: ["api_calls", "storage_gb"]);
        _world.Use(100);
        await _world.NextHourAsync(integration);
        string backup = _world.Database.Backup();
        _world.Use(150); // 3.00 USD, billed after the backup was made
        await _world.NextHourAsync(integration);
        Assert.Equal(500, _world.Billed);

        _world.Database.Restore(backup);
        RestoreDeclared declared = await _world.Get<RestoredBooks>().DeclareAsync(ConsoleWorld.Admin, "disk failure", Stop);
        Assert.True(declared.Keys > 0);
        _world.Use(25); // 0.50 USD
        _world.Use(2, "storage_gb"); // 1.00 USD: a key that the restored books have never seen
        await _world.NextHourAsync(integration);
        Assert.Equal(500, _world.Billed); // nothing flows

        HeldKey calls = await KeyAsync("api_calls");
        Assert.Equal((HoldReason.Restored, 200, 350), (calls.Reason, calls.MarkMinor, calls.HeldMinor));
        Assert.IsType<HoldOutcome.Decided>(await DecideAsync(calls, upTo: 550, billed: 300));
        HeldKey storage = await KeyAsync("storage_gb");
        Assert.IsType<HoldOutcome.Decided>(await DecideAsync(storage, upTo: 100, billed: 0));
        await _world.NextHourAsync(integration);

        Assert.Equal(500 + 50 + 100, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R20_R8_A_restored_projection_is_left_to_its_close()
    {
        (Guid integration, _, _) = await _world.SetUpAsync(metrics: ["api_calls", "disk_level"]);
        _world.Use(500, "disk_level"); // a projection of all that is still to come
        await _world.NextHourAsync(integration);
        _world.Database.Restore(_world.Database.Backup());
        await _world.Get<RestoredBooks>().DeclareAsync(ConsoleWorld.Admin, "disk failure", Stop);
        await _world.NextHourAsync(integration);
        HeldKey disk = await KeyAsync("disk_level");
        Assert.True(disk is { Amounts.IsLeftToClose: true, HeldMinor: > 0 });

        Assert.IsType<HoldOutcome.Decided>(await DecideAsync(disk, upTo: disk.SeenMinor, billed: 0));
        await _world.NextHourAsync(integration);
        Assert.Equal(0, _world.Billed);
        await _world.AssertBalancedAsync();

        _world.Use(-400, "disk_level"); // most of it never comes
        _world.MoveTo(new DateTimeOffset(2026, 9, 1, 1, 0, 0, TimeSpan.Zero));
        await _world.CloseAsync(integration);
        await _world.NextHourAsync(integration);
        Assert.InRange(_world.Billed, 1, disk.SeenMinor / 2);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R20_Open_money_of_restored_books_may_have_been_billed_since()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        _world.MoveTo(_world.Now.AddMinutes(20)); // 14:10: counted, on its meter, on no record yet
        await _world.PollAsync(integration);
        string backup = _world.Database.Backup();
        await _world.ReportAsync();
        Assert.Equal(200, _world.Billed);

        _world.Database.Restore(backup);
        await _world.Get<RestoredBooks>().DeclareAsync(ConsoleWorld.Admin, null, Stop);
        await _world.NextHourAsync(integration);
        Assert.Equal(200, _world.Billed);
        HeldKey key = await KeyAsync("api_calls");
        Assert.Equal((200m, 0), (key.OpenMinor, key.HeldMinor));

        Assert.IsType<HoldOutcome.Decided>(await DecideAsync(key, upTo: key.SeenMinor, billed: 200));
        await _world.NextHourAsync(integration);

        Assert.Equal(200, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R20_A_record_that_was_waiting_in_the_backup_is_sent_again_and_billed_once()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        _world.MoveTo(_world.Now.AddMinutes(20));
        await _world.PollAsync(integration);
        await _world.MakeRecordsAsync();
        string backup = _world.Database.Backup();
        await _world.ReportAsync();
        Assert.Equal(200, _world.Billed);

        _world.Database.Restore(backup);
        await _world.Get<RestoredBooks>().DeclareAsync(ConsoleWorld.Admin, null, Stop);
        Assert.Equal(UsageRecordState.Unknown, Assert.Single(await _world.RecordsAsync()).State);
        await _world.ReportAsync();

        Assert.Equal(200, _world.Billed);
        Assert.Equal(UsageRecordState.Accepted, Assert.Single(await _world.RecordsAsync()).State);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task T30_A_currency_that_changes_within_a_period_is_held_until_a_person_says_what_is_billed_already()
    {
        (Guid integration, Guid buyer, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration);
        Assert.Equal(200, _world.Billed);

        LagoPlan plan = Assert.Single(_world.Sandbox.Plans(), candidate => candidate.Code == "standard");
        _world.Sandbox.Save(plan with { Currency = "EUR" });
        _world.Use(10);
        await _world.NextHourAsync(integration);
        HeldKey held = await SingleAsync();
        Assert.Equal((HoldReason.Currency, "EUR", 0, 220), (held.Reason, held.Currency, held.MarkMinor, held.HeldMinor));
        Assert.Equal(200, _world.Billed);

        Assert.IsType<HoldOutcome.Decided>(await DecideAsync(held, upTo: 220, billed: 200));
        await _world.NextHourAsync(integration);

        // Twenty euro cents are counted, and wait: the dimension is in dollars, and currencies are never converted.
        Assert.Equal(200, _world.Billed);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        UsageIncrement increment = await db.UsageIncrements.SingleAsync(row => row.Currency == "EUR", Stop);
        Assert.Equal((20, WaitReason.ForeignCurrency, buyer), (increment.AmountMinor, increment.WaitReason, increment.BuyerId));
        await _world.AssertBalancedAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private async Task LimitAsync(Guid integration, long absoluteMinor)
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        await db.Integrations.Where(row => row.Id == integration).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.JumpAbsoluteMinor, absoluteMinor).SetProperty(row => row.JumpFloorMinor, 100), Stop);
    }

    private async Task<HeldKey> SingleAsync() => Assert.Single((await _world.Get<HeldMoney>().ListAsync(new HeldFilter(), 0, 10, Stop)).Keys);

    private async Task<HeldKey> KeyAsync(string metric) =>
        Assert.Single((await _world.Get<HeldMoney>().ListAsync(new HeldFilter(), 0, 10, Stop)).Keys, key => key.MetricCode == metric);

    private Task<HoldOutcome> DecideAsync(HeldKey key, long upTo, long billed = 0) => _world.Get<HeldMoney>().DecideAsync(
        ConsoleWorld.Admin, new HoldDecision(key.MarkId, key.Stamp, billed, upTo, "a migration of their data"), Stop);
}
