using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Aws;
using Xunit;

namespace LagoConsole.Tests.Reporting;

public sealed class SlotTests
{
    [Theory]
    [InlineData("2026-08-20T15:05", "2026-08-20T14:00")] // it ends in the hour that is still running: 14:00 is an hour like others
    [InlineData("2026-08-20T15:00", null)] // its last moment is in the hour just closed: kept for the last record
    [InlineData("2026-08-20T14:20", null)]
    [InlineData(null, "2026-08-20T14:00")]
    public void R18_The_last_hour_of_a_purchase_is_no_slot_like_others(string? endsAt, string? slot) => Assert.Equal(
        At(slot), Slot.Choose(At("2026-08-20T15:10")!.Value, lastSlotHour: null, At("2026-07-01T00:00")!.Value, At(endsAt), AwsRules.Instance));

    [Theory]
    [InlineData("2026-08-21T15:00", null)] // no later than clocks may differ
    [InlineData("2026-09-19T15:00", "2026-08-20T14:00")] // used by a clock that was a month ahead
    public void R12_An_hour_that_lies_far_ahead_does_not_keep_a_meter_from_the_hours_before(string lastUsed, string? slot) => Assert.Equal(
        At(slot), Slot.Choose(At("2026-08-20T15:10")!.Value, At(lastUsed), At("2026-07-01T00:00")!.Value, endsAt: null, AwsRules.Instance));

    [Theory]
    [InlineData("2026-08-20T14:19", "2026-08-20T13:00")]
    [InlineData("2026-08-20T14:20", null)] // AWS takes nothing more
    public void R18_The_last_slot_is_the_hour_of_the_end_until_the_marketplace_closes(string now, string? slot) => Assert.Equal(
        At(slot), Last(now));

    [Theory]
    [InlineData("2026-08-20T12:00", "2026-08-20T13:00")]
    [InlineData("2026-08-20T13:00", null)]
    [InlineData("2026-08-20T14:00", null)]
    public void R12_The_last_hour_is_used_once(string lastUsed, string? slot) => Assert.Equal(
        At(slot), Last("2026-08-20T13:50", lastUsed));

    [Theory]
    [InlineData("2026-08-20T12:59", "2026-08-20T13:00")]
    [InlineData("2026-08-20T13:10", "2026-08-20T13:00")] // it began and ended in one hour
    [InlineData("2026-08-20T14:00", null)]
    public void R18_The_last_hour_is_not_before_the_start(string startsAt, string? slot) => Assert.Equal(
        At(slot), Last("2026-08-20T13:50", startsAt: startsAt));

    /// <summary>For a purchase that ends at 13:20: AWS takes its last record until 14:20.</summary>
    private static DateTimeOffset? Last(string now, string? lastUsed = null, string startsAt = "2026-07-01T00:00") =>
        Slot.Last(At(now)!.Value, At(lastUsed), At(startsAt)!.Value, At("2026-08-20T13:20")!.Value, AwsRules.Instance);

    private static DateTimeOffset? At(string? text) =>
        text is null ? null : DateTimeOffset.Parse(text + "Z", System.Globalization.CultureInfo.InvariantCulture);
}
