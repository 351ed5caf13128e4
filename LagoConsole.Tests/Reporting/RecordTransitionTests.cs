using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using Xunit;

namespace LagoConsole.Tests.Reporting;

public sealed class RecordTransitionTests
{
    private static readonly DateTimeOffset Now = new(2026, 8, 20, 14, 5, 7, TimeSpan.Zero);

    [Theory]
    [InlineData(UsageRecordState.Accepted, true)]
    [InlineData(UsageRecordState.Void, true)]
    [InlineData(UsageRecordState.Retry, false)]
    [InlineData(UsageRecordState.Unresolved, false)] // a person may still settle it
    public void A_record_is_settled_when_it_is_known_to_be_billed_or_not(UsageRecordState state, bool isSettled)
    {
        UsageRecord record = Record();

        RecordTransition.To(state).ApplyTo(record, Now);

        Assert.Equal((state, isSettled ? Now : null), (record.State, record.SettledAt));
    }

    [Fact]
    public void R13_An_unknown_attempt_and_an_assumed_outcome_stay_known()
    {
        UsageRecord record = Record();
        List<(bool HadUnknown, bool IsAssumed)> seen = [];
        RecordTransition[] transitions =
        [
            RecordTransition.To(UsageRecordState.Retry),
            RecordTransition.To(UsageRecordState.Unknown) with { OutcomeUnknown = true },
            RecordTransition.To(UsageRecordState.Unknown) with { OutcomeUnknown = true },
            RecordTransition.To(UsageRecordState.Unknown),
            RecordTransition.To(UsageRecordState.Accepted) with { Assumed = true },
            RecordTransition.To(UsageRecordState.Accepted) with { Assumed = true },
            RecordTransition.To(UsageRecordState.Accepted),
        ];
        foreach (RecordTransition transition in transitions)
        {
            transition.ApplyTo(record, Now);
            seen.Add((record.HadUnknownAttempt, record.OutcomeAssumed));
        }

        Assert.Equal([(false, false), (true, false), (true, false), (true, false), (true, true), (true, true), (true, true)], seen);
    }

    [Fact]
    public void The_marketplaces_id_is_kept_until_it_names_another()
    {
        UsageRecord record = Record();
        (RecordTransition.To(UsageRecordState.Accepted) with { ProviderRecordId = "3d1f" }).ApplyTo(record, Now);

        RecordTransition.To(UsageRecordState.Accepted).ApplyTo(record, Now);
        Assert.Equal("3d1f", record.ProviderRecordId);

        (RecordTransition.To(UsageRecordState.Accepted) with { ProviderRecordId = "5f8e" }).ApplyTo(record, Now);
        Assert.Equal("5f8e", record.ProviderRecordId);
    }

    [Fact]
    public void The_lease_ends_and_the_next_attempt_and_the_error_are_those_of_the_outcome()
    {
        UsageRecord record = Record();
        record.LeaseOwner = "node-1";
        record.LeaseUntil = Now.AddMinutes(2);
        record.ErrorCode = "old";
        record.ErrorMessage = "Of an earlier attempt.";
        RecordTransition transition = RecordTransition.To(UsageRecordState.Retry) with { NextAttemptAt = Now.AddSeconds(8), ErrorMessage = "Throttled." };

        transition.ApplyTo(record, Now);

        Assert.Equal((null, null), (record.LeaseOwner, record.LeaseUntil));
        Assert.Equal((Now.AddSeconds(8), null, "Throttled."), (record.NextAttemptAt, record.ErrorCode, record.ErrorMessage));
    }

    private static UsageRecord Record() => new()
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
        State = UsageRecordState.Sending,
    };
}
