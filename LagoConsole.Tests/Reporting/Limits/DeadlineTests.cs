using System.Globalization;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using Xunit;

namespace LagoConsole.Tests.Reporting.Limits;

/// <summary>The last moments of the three marketplaces, and what the margin before them is for.</summary>
public sealed class DeadlineTests
{
    private static readonly TimeSpan Margin = new ReportingOptions().DeadlineMargin;

    [Theory]
    [InlineData(Marketplace.Aws, "2026-08-20T13:00Z", null, "2026-08-21T13:00Z")]
    [InlineData(Marketplace.Aws, "2026-08-31T23:00Z", null, "2026-09-01T06:00Z")] // the month's end wins
    [InlineData(Marketplace.Aws, "2026-08-31T03:00Z", null, "2026-09-01T03:00Z")] // the earlier of both rules
    [InlineData(Marketplace.Aws, "2026-08-20T13:00Z", "2026-08-20T13:20Z", "2026-08-20T14:20Z")] // an hour after the licence was deprovisioned
    [InlineData(Marketplace.Aws, "2026-08-31T23:00Z", "2026-08-31T23:20Z", "2026-09-01T00:20Z")]
    [InlineData(Marketplace.Azure, "2026-08-31T23:00Z", null, "2026-09-01T23:00Z")] // no rule of the month
    [InlineData(Marketplace.Azure, "2026-08-20T13:00Z", "2026-08-20T13:20Z", "2026-08-21T13:00Z")] // usage from before the end: as any other
    [InlineData(Marketplace.Gcp, "2026-08-20T13:00Z", null, "2026-09-19T13:00Z")] // 30 days, then a person decides
    [InlineData(Marketplace.Gcp, "2026-08-20T13:00Z", "2026-08-20T13:20Z", "2026-08-20T14:20Z")]
    public void A_record_is_taken_until_its_last_moment(Marketplace marketplace, string slot, string? endsAt, string last)
    {
        DateTimeOffset deadline = FinalFlush.Deadline(At(slot), endsAt is null ? null : At(endsAt), MarketplaceRules.For(marketplace));
        Assert.Equal(At(last), deadline);

        // Certainly not billed: void with the margin in hand, so that its money takes a later hour. Maybe billed: sent to the very end.
        foreach (UsageRecordState state in (UsageRecordState[])[UsageRecordState.Pending, UsageRecordState.Retry, UsageRecordState.Blocked])
        {
            Assert.Null(Expire(marketplace, state, deadline, deadline - Margin - TimeSpan.FromTicks(1)));
            Assert.Equal(UsageRecordState.Void, Expire(marketplace, state, deadline, deadline - Margin));
        }

        Assert.Null(Expire(marketplace, UsageRecordState.Unknown, deadline, deadline - TimeSpan.FromTicks(1)));
        Assert.Equal(UsageRecordState.Unresolved, Expire(marketplace, UsageRecordState.Unknown, deadline, deadline));
    }

    [Fact]
    public void The_margin_is_half_an_hour() => Assert.Equal(TimeSpan.FromMinutes(30), Margin);

    [Theory]
    [InlineData(Marketplace.Gcp, "2026-09-01T06:00Z", "2026-09-01T08:00Z")] // ends at 07:00: the hour that ends August in Pacific time, asked for by 01:00 there
    [InlineData(Marketplace.Gcp, "2026-08-20T13:00Z", "2026-08-20T15:00Z")]
    [InlineData(Marketplace.Aws, "2026-08-20T13:00Z", null)]
    [InlineData(Marketplace.Azure, "2026-08-20T13:00Z", null)]
    public void Google_asks_for_usage_within_an_hour_and_takes_it_later_too(Marketplace marketplace, string slot, string? askedBy) =>
        Assert.Equal(askedBy is null ? (DateTimeOffset?)null : At(askedBy), MarketplaceRules.For(marketplace).AskedBy(At(slot)));

    [Theory]
    [InlineData(1, 0.999, 2.998)] // never at once, and up to two seconds more
    [InlineData(10, 0.999, 600)] // ten minutes, whatever chance says
    [InlineData(1_000, 0.999, 600)]
    public void Between_two_tries_a_record_rests_ten_minutes_at_most(int attempts, double sample, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.After(attempts, sample));

    [Fact]
    public void Google_is_given_half_a_minute_where_it_limits_calls()
    {
        UsageRecord record = Record(Marketplace.Gcp, UsageRecordState.Sending, At("2026-09-19T13:00Z"));
        RecordTransition limited = MeterLedger.Settle(
            record, Core.Reporting.Google.GoogleErrors.OfCall(429, "RESOURCE_EXHAUSTED", "", isReport: true), MarketplaceStage.Now, soleWriter: false, Backoff.After(1, 0.5));

        Assert.Equal((UsageRecordState.Unknown, MarketplaceStage.Now.AddSeconds(30)), (limited.State, limited.NextAttemptAt));
    }

    private static UsageRecordState? Expire(Marketplace marketplace, UsageRecordState state, DateTimeOffset deadline, DateTimeOffset now) =>
        MeterLedger.Expire(Record(marketplace, state, deadline), now, Margin)?.State;

    private static UsageRecord Record(Marketplace marketplace, UsageRecordState state, DateTimeOffset deadline)
    {
        UsageRecord record = MarketplaceStage.Record(marketplace, "", "{}");
        record.State = state;
        record.Deadline = deadline;
        return record;
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
