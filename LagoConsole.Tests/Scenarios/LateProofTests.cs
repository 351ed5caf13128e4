using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.Scenarios;

/// <summary>A receipt that comes after its record was given up still is proof (R13).</summary>
public sealed class LateProofTests : IAsyncDisposable
{
    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R13_A_record_settled_as_not_billed_counts_as_billed_when_its_receipt_comes_and_its_money_is_taken_back()
    {
        (LeasedBatch batch, MeteringAnswer answer) = await GivenUpAsync();

        await _world.Get<RecordStore>().SettleAsync(batch, answer, Stop);
        await _world.ReportAsync();

        UsageRecord record = Assert.Single(await _world.RecordsAsync());
        Assert.Equal((UsageRecordState.Accepted, null), (record.State, record.BilledAfterVoidAt));
        Assert.Equal(200, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R13_Where_the_money_went_onto_another_record_meanwhile_the_double_billing_is_an_alert()
    {
        (LeasedBatch batch, MeteringAnswer answer) = await GivenUpAsync();
        await _world.ReportAsync(); // the same money, in another hour
        Assert.Equal(400, _world.Billed);

        await _world.Get<RecordStore>().SettleAsync(batch, answer, Stop);

        UsageRecord given = (await _world.RecordsAsync())[0];
        Assert.Equal((UsageRecordState.Void, "BilledAfterVoid"), (given.State, given.ErrorCode));
        Assert.Equal(_world.Now.UtcDateTime, given.BilledAfterVoidAt!.Value.UtcDateTime, TimeSpan.FromMinutes(1));
        await _world.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(200, UsageRecordState.Accepted)] // what the marketplace holds is this record
    [InlineData(199, UsageRecordState.Void)] // it is another one, and proves nothing of this
    public async Task R13_A_marketplace_that_tells_what_it_holds_proves_a_record_that_was_given_up(int stored, UsageRecordState state)
    {
        (LeasedBatch batch, MeteringAnswer answer) = await GivenUpAsync();
        MeteringAnswer told = answer with { Items = [answer.Items[0] with { Receipt = new MeteringReceipt.AlreadyAccepted("event-1", stored) }] };

        await _world.Get<RecordStore>().SettleAsync(batch, told, Stop);

        UsageRecord record = Assert.Single(await _world.RecordsAsync());
        Assert.Equal(state, record.State);
        Assert.Equal(state == UsageRecordState.Accepted ? "event-1" : null, record.ProviderRecordId);
        await _world.AssertBalancedAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    /// <summary>AWS billed 2.00 USD, the node that learned it stood still for a day, and a person said that it was not billed.</summary>
    private async Task<(LeasedBatch Batch, MeteringAnswer Answer)> GivenUpAsync()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.IdenticalIsDuplicate();
        _world.Use(100);
        _world.MoveTo(new DateTimeOffset(2026, 8, 20, 14, 5, 0, TimeSpan.Zero));
        await _world.PollAsync(integration);
        await _world.MakeRecordsAsync();
        LeasedBatch batch = (await _world.Get<RecordStore>().LeaseDueAsync(25, "slow", Stop))!;
        MeteringAnswer answer = await _world.Get<IEnumerable<IMarketplaceMeter>>().Single(meter => meter.Marketplace == Marketplace.Aws).ReportAsync(batch.BatchKey, batch.Records, Stop);
        _world.MoveTo(_world.Now.AddHours(25));
        await _world.Get<RecordStore>().PassTimeAsync(abandonedOwner: null, Stop); // its lease ran out
        await _world.Get<RecordStore>().PassTimeAsync(abandonedOwner: null, Stop); // and so did its deadline
        UsageRecord record = Assert.Single(await _world.RecordsAsync());
        Assert.Equal(UsageRecordState.Unresolved, record.State);
        Assert.IsType<RecordDecisionOutcome.Decided>(await _world.Get<RecordDecisions>().SettleAsync(
            ConsoleWorld.Admin, new SettleRecord(record.Id, record.Version, Billed: false, "CloudTrail shows nothing"), Stop));
        return (batch, answer);
    }
}
