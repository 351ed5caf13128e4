using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using Xunit;

namespace LagoConsole.Tests.Reporting;

public sealed class MeterLedgerSettleTests
{
    private static readonly DateTimeOffset Now = new(2026, 8, 20, 14, 5, 7, TimeSpan.Zero);
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(8);

    [Fact]
    public void A_receipt_settles_the_record_with_the_marketplaces_id()
    {
        RecordTransition transition = Settle(new MeteringReceipt.Accepted("3d1f0a52"));

        Assert.Equal(UsageRecordState.Accepted, transition.State);
        Assert.Equal("3d1f0a52", transition.ProviderRecordId);
        Assert.False(transition.Assumed);
    }

    [Fact]
    public void R13_Without_an_answer_the_outcome_is_unknown_and_the_identical_record_goes_again()
    {
        RecordTransition transition = Settle(new MeteringReceipt.Unknown("time-out"));

        Assert.Equal(UsageRecordState.Unknown, transition.State);
        Assert.True(transition.OutcomeUnknown);
        Assert.Equal(Now + Wait, transition.NextAttemptAt);
    }

    [Fact]
    public void R13_A_refusal_after_an_unknown_attempt_settles_nothing()
    {
        foreach (RejectionCause cause in Enum.GetValues<RejectionCause>())
        {
            RecordTransition transition = Settle(new MeteringReceipt.Rejected(cause, "X", "refused"), hadUnknown: true);
            Assert.Equal(UsageRecordState.Unknown, transition.State);
        }
    }

    [Theory]
    [InlineData(RejectionCause.OutOfWindow, UsageRecordState.Void)]
    [InlineData(RejectionCause.NotSubscribed, UsageRecordState.Blocked)]
    [InlineData(RejectionCause.UnknownDimension, UsageRecordState.Blocked)]
    [InlineData(RejectionCause.InvalidRecord, UsageRecordState.Blocked)]
    [InlineData(RejectionCause.Configuration, UsageRecordState.Retry)]
    public void A_first_refusal_is_known_not_billed(RejectionCause cause, UsageRecordState state) =>
        Assert.Equal(state, Settle(new MeteringReceipt.Rejected(cause, "X", "refused")).State);

    [Theory]
    [InlineData(false, UsageRecordState.Retry)]
    [InlineData(true, UsageRecordState.Unknown)]
    public void Known_not_processed_goes_again_and_never_hides_an_unknown_attempt(bool hadUnknown, UsageRecordState state)
    {
        RecordTransition transition = Settle(new MeteringReceipt.NotProcessed("throttled"), hadUnknown);

        Assert.Equal(state, transition.State);
        Assert.False(transition.OutcomeUnknown);
    }

    [Fact]
    public void A_marketplace_that_asks_for_a_shorter_rest_does_not_shorten_ours() =>
        Assert.Equal(
            Now.AddSeconds(8), Settle(new MeteringReceipt.NotProcessed("throttled", TimeSpan.FromSeconds(3))).NextAttemptAt);

    [Fact]
    public void A_marketplace_that_asks_for_a_longer_rest_gets_it() =>
        Assert.Equal(
            Now.AddSeconds(30), Settle(new MeteringReceipt.NotProcessed("throttled", TimeSpan.FromSeconds(30))).NextAttemptAt);

    [Theory]
    [InlineData(false, false, UsageRecordState.Conflict)] // first try: somebody else holds the hour
    [InlineData(false, true, UsageRecordState.Conflict)]
    [InlineData(true, false, UsageRecordState.Unresolved)] // most likely ours, but not proven
    [InlineData(true, true, UsageRecordState.Accepted)] // confirmed that nobody else writes
    public void R13_A_duplicate_at_AWS_proves_nothing_by_itself(bool hadUnknown, bool soleWriter, UsageRecordState state)
    {
        RecordTransition transition = Settle(new MeteringReceipt.AlreadyAccepted("3d1f", StoredQuantity: null), hadUnknown, soleWriter);

        Assert.Equal(state, transition.State);
        Assert.Equal(state == UsageRecordState.Accepted, transition.Assumed);
    }

    [Theory]
    [InlineData(1250, UsageRecordState.Accepted)]
    [InlineData(1300, UsageRecordState.Conflict)]
    public void R13_A_duplicate_that_tells_what_is_stored_is_compared(long stored, UsageRecordState state) =>
        Assert.Equal(state, Settle(new MeteringReceipt.AlreadyAccepted("5f8e", stored)).State);

    [Theory]
    [InlineData(UsageRecordState.Pending, "2026-08-21T12:30:00Z", UsageRecordState.Void)]
    [InlineData(UsageRecordState.Retry, "2026-08-21T12:30:00Z", UsageRecordState.Void)]
    [InlineData(UsageRecordState.Blocked, "2026-08-21T12:30:00Z", UsageRecordState.Void)] // known not billed: it must not stop its meter for ever
    [InlineData(UsageRecordState.Unknown, "2026-08-21T13:00:00Z", UsageRecordState.Unresolved)]
    public void R13_At_the_deadline_what_was_not_billed_is_void_and_what_may_have_been_is_unresolved(
        UsageRecordState state, string moment, UsageRecordState becomes)
    {
        UsageRecord record = Record(state);
        DateTimeOffset at = DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture);

        Assert.Null(MeterLedger.Expire(record, at.AddTicks(-1), TimeSpan.FromMinutes(30)));
        Assert.Equal(becomes, MeterLedger.Expire(record, at, TimeSpan.FromMinutes(30))?.State);
    }

    [Theory]
    [InlineData(UsageRecordState.Accepted)]
    [InlineData(UsageRecordState.Void)]
    [InlineData(UsageRecordState.Conflict)]
    [InlineData(UsageRecordState.Unresolved)]
    [InlineData(UsageRecordState.Sending)]
    public void Time_changes_nothing_that_is_settled_or_in_flight(UsageRecordState state) =>
        Assert.Null(MeterLedger.Expire(Record(state), Now.AddYears(1), TimeSpan.Zero));

    private static RecordTransition Settle(MeteringReceipt receipt, bool hadUnknown = false, bool soleWriter = false)
    {
        UsageRecord record = Record(UsageRecordState.Sending);
        record.HadUnknownAttempt = hadUnknown;
        return MeterLedger.Settle(record, receipt, Now, soleWriter, Wait);
    }

    private static UsageRecord Record(UsageRecordState state) => new()
    {
        Id = Guid.NewGuid(),
        MeterId = Guid.Empty,
        EntitlementId = Guid.Empty,
        IntegrationId = Guid.Empty,
        Marketplace = Marketplace.Aws,
        DimensionKey = "usage_fee",
        SlotHour = new DateTimeOffset(2026, 8, 20, 13, 0, 0, TimeSpan.Zero),
        Timestamp = new DateTimeOffset(2026, 8, 20, 13, 0, 0, TimeSpan.Zero),
        Quantity = 1250,
        UnitPriceMinor = 1,
        Currency = "USD",
        BatchKey = "",
        Payload = "",
        PayloadSha256 = "",
        RemainderBeforeMinor = 0,
        OpenBeforeMinor = 1250,
        RemainderAfterMinor = 0,
        CreatedAt = Now,
        Deadline = new DateTimeOffset(2026, 8, 21, 13, 0, 0, TimeSpan.Zero),
        State = state,
    };
}
