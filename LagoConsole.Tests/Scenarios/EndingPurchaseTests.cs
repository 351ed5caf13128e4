using LagoConsole.Core.Buyers;
using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Scenarios;

/// <summary>A purchase ends: what was used before is reported while the marketplace takes it, the rest waits (R18).</summary>
public sealed class EndingPurchaseTests : IAsyncDisposable
{
    private static readonly string Successor = ConsoleWorld.Licence.Replace("l-0123", "l-4567", StringComparison.Ordinal);
    private static readonly DateTimeOffset Thirteen = new(2026, 8, 20, 13, 0, 0, TimeSpan.Zero);

    private readonly ConsoleWorld _world = new(); // 13:50

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R18_What_was_used_until_the_end_goes_into_one_last_record_of_the_hour_that_contains_it()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100); // 2.00 USD
        await _world.NextHourAsync(integration); // 14:05: the hour 13
        _world.Use(40); // 0.80 USD
        _world.MoveTo(Thirteen.AddMinutes(80)); // 14:20
        _world.Sandbox.EndAwsAgreement(ConsoleWorld.Licence);
        await CancelAsync(_world.Now);
        await _world.ReportAsync();
        Assert.Equal(200, _world.Billed); // seen, and kept for the last hour: 13 is used, 14 contains the end

        _world.MoveTo(Thirteen.AddMinutes(105)); // 14:45: not yet
        await _world.ReportAsync();
        Assert.Equal(200, _world.Billed);

        _world.Use(10); // late: 0.20 USD
        _world.MoveTo(Thirteen.AddMinutes(111)); // 14:51, half an hour before AWS takes nothing more
        await _world.ReportAsync();

        Assert.Equal(300, _world.Billed);
        Assert.Equal([Thirteen, Thirteen.AddHours(1)], (await _world.RecordsAsync()).Select(record => record.SlotHour));
        Assert.Equal(EntitlementState.Cancelled, (await EntitlementAsync()).State);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R18_On_a_cancellation_open_money_takes_a_free_closed_hour_at_once()
    {
        (Guid integration, _, _) = await _world.SetUpAsync(BillingMode.AmountDaily);
        _world.Use(100);
        await _world.NextHourAsync(integration); // 14:05: counted, and kept for midnight
        _world.MoveTo(Thirteen.AddMinutes(80));
        _world.Use(40);
        await CancelAsync(_world.Now); // polls once more: 2.80 USD
        await _world.ReportAsync();

        UsageRecord record = Assert.Single(await _world.RecordsAsync());
        Assert.Equal((Thirteen, 280), (record.SlotHour, record.Quantity));
        Assert.Equal(280, _world.Billed);
    }

    [Fact]
    public async Task R18_A_cancellation_noticed_too_late_leaves_the_money_waiting_for_a_successor()
    {
        (Guid integration, Guid buyer, Guid product) = await _world.SetUpAsync();
        _world.Use(100);
        _world.MoveTo(Thirteen.AddMinutes(58));
        DateTimeOffset end = _world.Now;
        _world.Sandbox.EndAwsAgreement(ConsoleWorld.Licence);
        _world.MoveTo(Thirteen.AddHours(3).AddMinutes(5));
        await _world.PollAsync(integration);
        await CancelAsync(end);
        await _world.ReportAsync();
        Assert.Equal(0, _world.Billed);
        UsageIncrement waiting = Assert.Single(await IncrementsAsync());
        Assert.Equal((WaitReason.EntitlementEnded, 200), (waiting.WaitReason, waiting.OpenMinor));

        Guid successor = await _world.EntitleAsync(buyer, product, startsAt: _world.Now, licence: Successor);
        await _world.ReportAsync();
        Assert.Equal(WaitReason.EntitlementEnded, Assert.Single(await IncrementsAsync()).WaitReason); // it starts after the usage was seen

        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            await db.UsageIncrements.ExecuteUpdateAsync(set => set.SetProperty(row => row.RoutedEntitlementId, successor), Stop);
        }

        await _world.NextHourAsync(integration);
        Assert.Equal(200, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R18_What_is_refused_after_the_end_leaves_the_dead_meter_when_its_deadline_passes()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        _world.MoveTo(Thirteen.AddMinutes(65)); // 14:05
        await _world.PollAsync(integration);
        _world.Sandbox.Faults.Always(SandboxService.Aws, FaultKind.ErrorBefore);
        await _world.ReportAsync(); // a record of the hour 13, without an answer
        _world.MoveTo(Thirteen.AddMinutes(70));
        await CancelAsync(Thirteen.AddMinutes(70)); // 14:10
        Assert.Equal(Thirteen.AddMinutes(130), Assert.Single(await _world.RecordsAsync()).Deadline);
        _world.Use(40);
        _world.MoveTo(Thirteen.AddMinutes(101)); // 14:41
        await _world.ReportAsync(); // the last record is made although the first one's outcome is unknown
        Assert.Equal([200, 80], (await _world.RecordsAsync()).Select(record => record.Quantity));

        _world.MoveTo(Thirteen.AddMinutes(131));
        await _world.ReportAsync();

        Assert.All(await _world.RecordsAsync(), record => Assert.Equal(UsageRecordState.Unresolved, record.State));
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R18_With_auto_report_off_a_person_is_asked_at_once()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        _world.MoveTo(Thirteen.AddMinutes(65));
        await _world.PollAsync(integration);
        await SwitchOffAsync(integration);

        BuyerOutcome outcome = await EditAsync(_world.Now, choice: null);

        OpenMoneyLine line = Assert.Single(Assert.IsType<BuyerOutcome.AsksAboutMoney>(outcome).Lines);
        Assert.Equal(("api_calls", 200), (line.MetricCode, line.AmountMinor));
        Assert.Null((await EntitlementAsync()).EndsAt);

        Assert.IsType<BuyerOutcome.Saved>(await EditAsync(_world.Now, OpenMoneyChoice.Report));
        await _world.ReportAsync();
        Assert.Equal(200, _world.Billed); // the hour 13 was free
    }

    [Fact]
    public async Task R18_Money_that_comes_back_to_a_purchase_that_has_ended_too_waits_for_a_person()
    {
        (Guid integration, Guid buyer, Guid product) = await _world.SetUpAsync();
        _world.Use(100);
        _world.Sandbox.Faults.Always(SandboxService.Aws, FaultKind.LostAnswer);
        await _world.NextHourAsync(integration);
        _world.MoveTo(Thirteen.AddHours(40)); // nobody knows whether it was billed
        await _world.ReportAsync();
        UsageRecord record = Assert.Single(await _world.RecordsAsync());
        Guid renewal = await _world.EntitleAsync(buyer, product, licence: ConsoleWorld.Licence.Replace("l-0123", "l-4567", StringComparison.Ordinal));
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            // What else of the increment there was went to the renewal meanwhile, which has ended and made its last record.
            Meter first = await db.Meters.SingleAsync(Stop);
            Meter second = new()
            {
                Id = Guid.NewGuid(),
                EntitlementId = renewal,
                DimensionId = first.DimensionId,
                Marketplace = first.Marketplace,
                Identity = (await db.Entitlements.SingleAsync(entitlement => entitlement.Id == renewal, Stop)).Identity,
                DimensionKey = first.DimensionKey,
                Currency = first.Currency,
            };
            db.Meters.Add(second);
            (await db.UsageIncrements.SingleAsync(increment => increment.AmountMinor > 0, Stop)).MeterId = second.Id;
            await db.SaveChangesAsync(Stop);
            await db.Entitlements.Where(entitlement => entitlement.Id == renewal).ExecuteUpdateAsync(set => set.SetProperty(entitlement => entitlement.DrainedAt, _world.Now), Stop);
        }

        Assert.IsType<RecordDecisionOutcome.Decided>(await _world.Get<RecordDecisions>().SettleAsync(
            ConsoleWorld.Admin, new SettleRecord(record.Id, record.Version, Billed: false, "Not at AWS."), Stop));

        await using LagoConsoleDbContext read = _world.Database.CreateDbContext();
        UsageIncrement back = await read.UsageIncrements.SingleAsync(increment => increment.AmountMinor > 0, Stop);
        Assert.Equal((null, WaitReason.EntitlementEnded, 200m), (back.MeterId, back.WaitReason, back.OpenMinor));
        Assert.All(await read.Meters.ToListAsync(Stop), meter => Assert.Equal(0, meter.OpenMinor));
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R18_No_more_is_written_off_with_a_purchase_than_the_person_saw()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        _world.MoveTo(Thirteen.AddMinutes(65));
        await _world.PollAsync(integration);
        await SwitchOffAsync(integration);

        BuyerOutcome.AsksAboutMoney asks = Assert.IsType<BuyerOutcome.AsksAboutMoney>(await EditAsync(_world.Now, OpenMoneyChoice.WriteOff)); // having seen nothing
        Assert.IsType<BuyerOutcome.Saved>(await EditAsync(_world.Now, OpenMoneyChoice.WriteOff, asks.Lines));
        await _world.ReportAsync();
        Assert.Equal(0, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R18_Projections_of_a_purchase_that_ends_are_put_before_a_person()
    {
        (Guid integration, _, _) = await _world.SetUpAsync(metrics: ["api_calls", "disk_level"]);
        _world.Use(500, metric: "disk_level");
        await _world.NextHourAsync(integration);
        await CancelAsync(_world.Now);
        await _world.ReportAsync();

        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        HighWaterMark disk = await db.HighWaterMarks.SingleAsync(mark => mark.MetricCode == "disk_level", Stop);
        Assert.Equal((HoldReason.EntitlementEnding, disk.LastTotalMinor, 0), (disk.Hold, disk.HeldMinor, disk.AmountMinor));
        HeldKey held = Assert.Single((await _world.Get<HeldMoney>().ListAsync(new HeldFilter(), 0, 100, Stop)).Keys);
        DateTimeOffset august = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(ElapsedShare.Of(held.SeenMinor, august, august.AddMonths(1), (await EntitlementAsync()).EndsAt!.Value), held.OfferMinor);
        Assert.InRange(held.OfferMinor!.Value, held.SeenMinor / 2, held.SeenMinor * 3 / 4); // the 20th of 31 days
    }

    [Fact]
    public async Task R18_A_projection_need_not_be_decided_once_another_purchase_can_take_it()
    {
        (Guid integration, Guid buyer, Guid product) = await _world.SetUpAsync(metrics: ["api_calls", "disk_level"]);
        _world.Use(500, metric: "disk_level");
        await _world.NextHourAsync(integration);
        await CancelAsync(_world.Now);
        await _world.ReportAsync();
        Assert.Single((await _world.Get<HeldMoney>().ListAsync(new HeldFilter(HoldReason.EntitlementEnding), 0, 100, Stop)).Keys);

        await _world.EntitleAsync(buyer, product, licence: ConsoleWorld.Licence.Replace("l-0123", "l-4567", StringComparison.Ordinal));
        await _world.ReportAsync();

        Assert.Empty((await _world.Get<HeldMoney>().ListAsync(new HeldFilter(), 0, 100, Stop)).Keys);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R18_The_last_poll_is_tried_again_for_half_of_the_margin()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        await _world.NextHourAsync(integration); // 14:05
        _world.MoveTo(Thirteen.AddMinutes(80));
        await CancelAsync(_world.Now); // 14:20
        _world.Use(40);
        _world.Sandbox.Faults.Always(SandboxService.Lago, FaultKind.Outage);
        _world.MoveTo(Thirteen.AddMinutes(111)); // 14:51
        ReportOutcome failed = await _world.ReportAsync();
        Assert.Contains("Lago did not answer", Assert.Single(failed.Failures), StringComparison.Ordinal);
        Assert.Empty(await _world.RecordsAsync());

        _world.Sandbox.Faults.Clear();
        _world.MoveTo(failed.NextAt!.Value);
        await _world.ReportAsync();

        Assert.Equal(80, _world.Billed);
    }

    [Fact]
    public async Task R18_An_end_that_is_taken_back_brings_the_meter_to_life_again()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration);
        await CancelAsync(_world.Now);
        _world.Use(40);
        _world.MoveTo(_world.Now.AddHours(2));
        await _world.PollAsync(integration);
        await _world.ReportAsync();
        Assert.NotNull((await EntitlementAsync()).DrainedAt);

        Assert.IsType<BuyerOutcome.Saved>(await EditAsync(end: null, choice: null));
        await _world.NextHourAsync(integration);

        Assert.Equal(280, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private async Task CancelAsync(DateTimeOffset at) => Assert.IsType<BuyerOutcome.Saved>(await EditAsync(at, choice: null));

    private async Task<BuyerOutcome> EditAsync(DateTimeOffset? end, OpenMoneyChoice? choice, IReadOnlyList<OpenMoneyLine>? seen = null)
    {
        Entitlement entitlement = await EntitlementAsync();
        return await _world.Get<EntitlementLife>().EditAsync(
            ConsoleWorld.Admin,
            new EditEntitlement
            {
                Id = entitlement.Id,
                SeenVersion = entitlement.Version,
                State = end is null ? EntitlementState.Active : EntitlementState.Cancelled,
                StartsAt = entitlement.StartsAt,
                EndsAt = end,
                OpenMoney = choice,
                SeenOpenMoney = seen ?? [],
            },
            Stop);
    }

    private async Task SwitchOffAsync(Guid integration)
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        await db.Integrations.Where(row => row.Id == integration).ExecuteUpdateAsync(set => set.SetProperty(row => row.AutoReport, false), Stop);
    }

    private async Task<Entitlement> EntitlementAsync()
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return await db.Entitlements.AsNoTracking().OrderBy(row => row.CreatedAt).FirstAsync(Stop);
    }

    private async Task<List<UsageIncrement>> IncrementsAsync()
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return await db.UsageIncrements.AsNoTracking().ToListAsync(Stop);
    }
}
