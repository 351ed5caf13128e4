using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reconciliation;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Tests.Reporting;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Scenarios;

/// <summary>
/// Records at Azure whose answer never came, until their deadline and beyond: what Azure's usage events prove of them (R13). The first
/// hour is 13:00 on August 20; its last moment is August 21, 13:00. One unit is one cent.
/// </summary>
public sealed class ReconciliationTests : IAsyncDisposable
{
    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R13_A_record_whose_answer_was_lost_until_its_deadline_is_billed_where_Azures_total_cannot_be_reached_without_it()
    {
        Guid integration = await LostAsync(FaultKind.LostAnswer);
        await AfterDeadlineAsync(integration, units: 0);

        Assert.Equal(new ReadSettlement(1, 0, 0), (await ReadAsync()).Settled);

        UsageRecord record = Assert.Single(await _world.RecordsAsync());
        Assert.Equal((UsageRecordState.Accepted, false, null), (record.State, record.OutcomeAssumed, record.DecidedBy));
        _world.Use(25);
        await _world.NextHourAsync(integration);
        Assert.Equal(250, _world.BilledAt(Marketplace.Azure)); // 2.00 once, and 0.50
        await _world.AssertBalancedAsync();

        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        RecordReading evidence = await db.RecordReadings.SingleAsync(Stop);
        Assert.Equal((record.Id, (bool?)true, 200m), (evidence.RecordId, evidence.Billed, evidence.Submitted));
        Assert.Equal(
            "Azure counts 200 units of usage_fee on 2026-08-20; 0 are of records that are proven. The other 200 can only be reached with the 200 of this record.", evidence.Because);
    }

    [Fact]
    public async Task R14_e_A_record_that_a_read_settled_rests_on_that_read()
    {
        Guid integration = await LostAsync(FaultKind.LostAnswer);
        await AfterDeadlineAsync(integration, units: 0);
        await ReadAsync();
        await _world.AssertBalancedAsync();

        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        await db.RecordReadings.ExecuteUpdateAsync(set => set.SetProperty(reading => reading.Billed, (bool?)null), Stop);

        Core.Books.BooksReport report = await _world.Get<Core.Books.BooksAuditor>().CheckAsync(progress: null, Stop);
        Assert.Contains("it is accepted, and nothing says so", Assert.Single(report.Failures).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R13_A_record_that_never_arrived_is_not_billed_where_the_answer_shows_a_later_event_and_its_money_is_billed_once()
    {
        Guid integration = await LostAsync(FaultKind.LostRequest);
        await AfterDeadlineAsync(integration, units: 25); // taken in the hour 13 of August 21
        Assert.Equal([UsageRecordState.Unresolved, UsageRecordState.Accepted], await StatesAsync());

        Assert.Equal(new ReadSettlement(0, 1, 0), (await ReadAsync()).Settled);
        await _world.NextHourAsync(integration);

        Assert.Equal([UsageRecordState.Void, UsageRecordState.Accepted, UsageRecordState.Accepted], await StatesAsync());
        Assert.Equal([200L, 50L, 200L], (await _world.RecordsAsync()).Select(record => record.Quantity));
        Assert.Equal(250, _world.BilledAt(Marketplace.Azure));
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R13_A_record_that_never_arrived_is_not_billed_after_two_equal_reads_a_day_apart()
    {
        Guid integration = await SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration); // 200 units of the hour 13, accepted
        _world.Use(25);
        _world.Sandbox.Faults.Next(SandboxService.Azure, FaultKind.LostRequest);
        await _world.NextHourAsync(integration); // 50 units of the hour 14
        await AfterDeadlineAsync(integration, units: 0);

        Assert.Equal(new ReadSettlement(0, 0, 1), (await ReadAsync()).Settled);
        _world.MoveTo(At(22, 15, 4));
        Assert.Equal(new ReadSettlement(0, 0, 1), (await ReadAsync()).Settled);
        Assert.Contains("there is no room for the 50 of this record, but Azure may show events late", await WhyAsync(), StringComparison.Ordinal);

        _world.MoveTo(At(22, 15, 8));
        Assert.Equal(new ReadSettlement(0, 1, 0), (await ReadAsync()).Settled);
        await _world.NextHourAsync(integration);

        Assert.Equal([UsageRecordState.Accepted, UsageRecordState.Void, UsageRecordState.Accepted], await StatesAsync());
        Assert.Equal(250, _world.BilledAt(Marketplace.Azure));
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R13_A_total_that_changed_between_two_reads_begins_its_day_anew()
    {
        Guid integration = await SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration);
        _world.Use(25);
        _world.Sandbox.Faults.Next(SandboxService.Azure, FaultKind.LostRequest);
        await _world.NextHourAsync(integration);
        await AfterDeadlineAsync(integration, units: 0);
        await ReadAsync();
        _world.MoveTo(At(21, 16, 0));
        await ForeignAsync(At(20, 17), 7); // somebody else, while Azure still takes that hour
        await ReadAsync();

        _world.MoveTo(At(22, 15, 30)); // a day after the first read, not after the second
        Assert.Equal(new ReadSettlement(0, 0, 1), (await ReadAsync()).Settled);

        _world.MoveTo(At(22, 16, 1));
        Assert.Equal(new ReadSettlement(0, 0, 1), (await ReadAsync()).Settled); // no day is as the books have it
        Assert.Contains("no day of this purchase that Azure lists is as the books have it", await WhyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void R13_A_total_counts_as_unchanged_since_the_first_of_its_equal_reads()
    {
        RecordReading reading = new() { RecordId = Guid.NewGuid() };
        foreach ((int hour, decimal submitted) in ((int, decimal)[])[(15, 200), (16, 200), (17, 207), (18, 200), (19, 200)])
        {
            reading.Take(submitted, At(21, hour));
        }

        Assert.Equal((200m, At(21, 18), At(21, 19)), (reading.Submitted, reading.FirstReadAt, reading.LastReadAt));
    }

    [Fact]
    public async Task R13_An_answer_that_is_older_than_what_another_node_has_read_since_changes_nothing()
    {
        Guid integration = await LostAsync(FaultKind.LostAnswer);
        await AfterDeadlineAsync(integration, units: 0);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        db.UsageReadings.Add(new UsageReading
        {
            Id = Guid.NewGuid(),
            ResourceId = ConsoleWorld.AzureResource,
            DimensionKey = "usage_fee",
            Day = At(20, 0),
            ReadAt = _world.Now.AddSeconds(30),
        });
        await db.SaveChangesAsync(Stop);

        Assert.Equal(0, (await ReadAsync()).Totals);

        Assert.Equal([UsageRecordState.Unresolved], await StatesAsync());
        _world.MoveTo(_world.Now.AddMinutes(1));
        Assert.Equal(1, (await ReadAsync()).Settled.Billed);
    }

    [Fact]
    public async Task R13_A_strangers_units_prove_nothing_and_are_shown_with_their_money()
    {
        Guid integration = await LostAsync(FaultKind.LostAnswer);
        await ForeignAsync(At(20, 12), 7);
        await AfterDeadlineAsync(integration, units: 0);

        Assert.Equal(new ReadSettlement(0, 0, 1), (await ReadAsync()).Settled);

        ReconciliationRow row = Assert.Single((await LoadAsync()).Rows);
        Assert.Equal((0L, 200L, 207m), (row.Books.Accepted, row.Books.Unresolved, row.Total!.Submitted));
        Assert.Equal((DayVerdict.Extra, (decimal?)207m), (row.Comparison.Verdict, row.DifferenceMinor));
        UnresolvedRow open = Assert.Single((await LoadAsync()).Unresolved);
        Assert.Contains("No sum of this console's records is the other 207", open.Because, StringComparison.Ordinal);

        UsageRecord record = Assert.Single(await _world.RecordsAsync());
        await _world.Get<RecordDecisions>().SettleAsync(ConsoleWorld.Admin, new SettleRecord(record.Id, record.Version, Billed: true, "Partner Center has the event"), Stop);
        ReconciliationRow settled = Assert.Single((await LoadAsync()).Rows);
        Assert.Equal((DayVerdict.Different, 7m), (settled.Comparison.Verdict, settled.Comparison.Difference));
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R13_Of_a_person_and_a_read_the_first_decides_and_the_second_changes_nothing()
    {
        Guid integration = await LostAsync(FaultKind.LostAnswer);
        await AfterDeadlineAsync(integration, units: 0);
        UsageRecord record = Assert.Single(await _world.RecordsAsync());
        SettleRecord decision = new(record.Id, record.Version, Billed: false, "Partner Center shows nothing");
        await ReadAsync();

        Assert.IsType<RecordDecisionOutcome.ChangedMeanwhile>(await _world.Get<RecordDecisions>().SettleAsync(ConsoleWorld.Admin, decision, Stop));

        Assert.Equal([UsageRecordState.Accepted], await StatesAsync());
        await _world.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(false, 200)] // its money is taken back in time
    [InlineData(true, 400)] // its money went onto another record: an alert
    public async Task R13_A_record_that_a_person_settled_as_not_billed_is_billed_where_Azures_total_proves_it(bool reported, int billed)
    {
        Guid integration = await LostAsync(FaultKind.LostAnswer);
        await AfterDeadlineAsync(integration, units: 0);
        UsageRecord record = Assert.Single(await _world.RecordsAsync());
        await _world.Get<RecordDecisions>().SettleAsync(ConsoleWorld.Admin, new SettleRecord(record.Id, record.Version, Billed: false, "Partner Center shows nothing"), Stop);
        if (reported)
        {
            await _world.NextHourAsync(integration);
        }

        Assert.Equal(1, (await ReadAsync()).Settled.BilledAfterAll);
        await _world.NextHourAsync(integration);

        UsageRecord given = (await _world.RecordsAsync())[0];
        Assert.Equal((reported ? UsageRecordState.Void : UsageRecordState.Accepted, reported), (given.State, given.BilledAfterVoidAt is not null));
        Assert.Equal(billed, _world.BilledAt(Marketplace.Azure));
        Assert.Equal(0, (await _world.Get<ReconcileRun>().ReadNowAsync(ConsoleWorld.Admin, Stop) as ReconcileOutcome.Done)!.Settled.BilledAfterAll); // said once
        await _world.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(FaultKind.LostAnswer)]
    [InlineData(FaultKind.Outage)] // HTML of a proxy
    [InlineData(FaultKind.Throttle)]
    [InlineData(FaultKind.Unauthorized)]
    public async Task R13_An_answer_that_does_not_come_whole_concludes_nothing(FaultKind fault)
    {
        Guid integration = await LostAsync(FaultKind.LostRequest);
        await AfterDeadlineAsync(integration, units: 25);
        _world.Sandbox.Faults.Next(SandboxService.Azure, fault);

        Assert.IsType<ReconcileOutcome.NotRead>(await _world.Get<ReconcileRun>().RunAsync(Stop));

        Assert.Equal([UsageRecordState.Unresolved, UsageRecordState.Accepted], await StatesAsync());
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        Assert.Empty(await db.UsageReadings.ToListAsync(Stop));
        Assert.Empty(await db.RecordReadings.ToListAsync(Stop));
    }

    [Fact]
    public async Task R13_Before_its_deadline_a_record_is_resent_and_not_read()
    {
        Guid integration = await LostAsync(FaultKind.LostAnswer);
        _world.MoveTo(At(21, 12, 0));

        Assert.Equal(ReadSettlement.None, (await ReadAsync()).Settled);
        Assert.Equal([UsageRecordState.Unknown], await StatesAsync());

        await _world.NextHourAsync(integration); // 13:05: the deadline has passed by now
        Assert.Equal([UsageRecordState.Unresolved], await StatesAsync());
    }

    [Fact]
    public async Task Days_are_compared_once_a_day_and_each_hour_while_a_record_waits_for_proof()
    {
        Guid integration = await SetUpAsync();
        ReconcileRun run = _world.Get<ReconcileRun>();
        Assert.IsType<ReconcileOutcome.NothingToRead>(await run.RunAsync(Stop));

        _world.Use(100);
        await _world.NextHourAsync(integration);
        Assert.Equal(1, (await ReadAsync()).Totals);
        _world.MoveTo(_world.Now.AddHours(1));
        Assert.IsType<ReconcileOutcome.NothingToRead>(await run.RunAsync(Stop));
        Assert.IsType<ReconcileOutcome.Done>(await run.ReadNowAsync(new Actor("olga", Role.Operator), Stop));
        _world.MoveTo(_world.Now.AddHours(24));
        Assert.IsType<ReconcileOutcome.Done>(await run.RunAsync(Stop));

        await Assert.ThrowsAsync<ForbiddenException>(() => run.ReadNowAsync(new Actor("vera", Role.Viewer), Stop));
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        Assert.Equal("olga", (await db.AuditEntries.SingleAsync(entry => entry.Action == "Read usage events", Stop)).Actor);
    }

    [Fact]
    public async Task What_Azure_said_of_a_day_is_forgotten_after_400_days_and_what_settled_a_record_never()
    {
        Guid integration = await LostAsync(FaultKind.LostAnswer);
        await AfterDeadlineAsync(integration, units: 0);
        await ReadAsync();
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        db.UsageReadings.AddRange(((int[])[400, 401]).Select(daysAgo => new UsageReading
        {
            Id = Guid.NewGuid(),
            ResourceId = ConsoleWorld.AzureResource,
            DimensionKey = "usage_fee",
            Day = At(22, 0).AddDays(-daysAgo),
        }));
        await db.SaveChangesAsync(Stop);

        _world.MoveTo(At(22, 16, 0));
        await ReadAsync();

        Assert.Equal([At(22, 0).AddDays(-400), At(20, 0)], await db.UsageReadings.OrderBy(reading => reading.Day).Select(reading => reading.Day).ToListAsync(Stop));
        Assert.Single(await db.RecordReadings.ToListAsync(Stop));
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private static DateTimeOffset At(int day, int hour, int minute = 0) => new(2026, 8, day, hour, minute, 0, TimeSpan.Zero);

    private async Task<Guid> SetUpAsync()
    {
        Guid integration = await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(await _world.ProductAsync(Marketplace.Azure));
        await _world.LinkAsync(buyer, integration);
        await _world.TurnOnAsync(integration, AutoReportStart.ReportIt);
        return integration;
    }

    /// <summary>2.00 USD of the hour 13 whose outcome is unknown.</summary>
    private async Task<Guid> LostAsync(FaultKind fault)
    {
        Guid integration = await SetUpAsync();
        _world.Use(100);
        _world.Sandbox.Faults.Next(SandboxService.Azure, fault);
        await _world.NextHourAsync(integration);
        Assert.Equal([UsageRecordState.Unknown], await StatesAsync());
        return integration;
    }

    /// <summary>15:05 on August 21; nothing was sent since.</summary>
    private async Task AfterDeadlineAsync(Guid integration, decimal units)
    {
        _world.MoveTo(At(21, 15, 5));
        if (units > 0)
        {
            _world.Use(units);
        }

        await _world.PollAsync(integration);
        await _world.ReportAsync();
    }

    private async Task<ReconcileOutcome.Done> ReadAsync() => Assert.IsType<ReconcileOutcome.Done>(await _world.Get<ReconcileRun>().RunAsync(Stop));

    private async Task<IEnumerable<UsageRecordState>> StatesAsync() => (await _world.RecordsAsync()).Select(record => record.State);

    private async Task<string> WhyAsync()
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return (await db.RecordReadings.SingleAsync(Stop)).Because;
    }

    private Task<ReconciliationOverview> LoadAsync() => _world.Get<ReconciliationQueries>().LoadAsync(new ReconciliationFilter(At(14, 0), At(22, 0)), Stop);

    /// <summary>Somebody else reports usage of the same purchase.</summary>
    private async Task ForeignAsync(DateTimeOffset hour, long quantity)
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        string batch = $"azure|{(await db.Products.SingleAsync(Stop)).Id:N}";
        string payload = $$"""{"resourceId":"{{ConsoleWorld.AzureResource}}","quantity":{{quantity}},"dimension":"usage_fee","effectiveStartTime":"{{hour.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}}","planId":"gold"}""";
        MeteringAnswer answer = await _world.Get<IEnumerable<IMarketplaceMeter>>().Single(meter => meter.Marketplace == Marketplace.Azure)
            .ReportAsync(batch, [MarketplaceStage.Record(Marketplace.Azure, batch, payload, quantity: quantity)], Stop);
        Assert.IsType<MeteringReceipt.Accepted>(Assert.Single(answer.Items).Receipt);
    }
}
