using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Aws;
using Xunit;

namespace LagoConsole.Tests.Reporting;

/// <summary>Where and when the last record of an ended purchase is made.</summary>
public sealed class FinalFlushTests
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(30);

    [Theory]
    [InlineData("2026-08-20T13:20", "2026-08-20T13:00", "2026-08-20T13:50", "2026-08-20T14:20")]
    [InlineData("2026-08-20T13:00", "2026-08-20T12:00", "2026-08-20T13:30", "2026-08-20T14:00")] // its last moment is in the hour before
    [InlineData("2026-08-31T23:40", "2026-08-31T23:00", "2026-09-01T00:10", "2026-09-01T00:40")]
    public void R18_The_last_hour_is_kept_and_allocated_a_margin_before_AWS_takes_nothing_more(string end, string slot, string due, string closes)
    {
        DateTimeOffset endsAt = At(end);

        Assert.Equal(
            (At(slot), At(due), At(closes)),
            (FinalFlush.Slot(endsAt), FinalFlush.DueAt(endsAt, AwsRules.Instance, Margin), FinalFlush.Closes(endsAt, AwsRules.Instance)));
    }

    [Fact]
    public void R18_A_margin_longer_than_the_window_makes_the_last_record_at_the_end_itself() =>
        Assert.Equal(At("2026-08-20T13:20"), FinalFlush.DueAt(At("2026-08-20T13:20"), AwsRules.Instance, TimeSpan.FromHours(2)));

    [Fact]
    public void R18_An_end_brings_the_deadline_of_earlier_records_nearer() =>
        Assert.Equal(
            (At("2026-08-20T14:20"), At("2026-08-21T09:00")),
            (FinalFlush.Deadline(At("2026-08-20T09:00"), At("2026-08-20T13:20"), AwsRules.Instance),
                FinalFlush.Deadline(At("2026-08-20T09:00"), endsAt: null, AwsRules.Instance)));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text + "Z", System.Globalization.CultureInfo.InvariantCulture);
}
