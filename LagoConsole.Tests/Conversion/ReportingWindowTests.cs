using LagoConsole.Core.Conversion;
using LagoConsole.Core.Integrations;
using Xunit;

namespace LagoConsole.Tests.Conversion;

public sealed class ReportingWindowTests
{
    [Theory]
    [InlineData("2026-08-20T14:05:07Z", "2026-08-20T13:00:00Z")]
    [InlineData("2026-08-20T14:00:00Z", "2026-08-20T13:00:00Z")]
    [InlineData("2026-08-20T13:59:59Z", "2026-08-20T12:00:00Z")]
    [InlineData("2026-09-01T00:05:00Z", "2026-08-31T23:00:00Z")]
    public void R17_Hourly_releases_the_hour_just_closed(string now, string start)
    {
        ReportingWindow? window = ReportingWindow.Due(
            BillingMode.AmountHourly, At(now), lastReleasedAt: At(now), lastPollStartedAt: At(now), lastPollFinishedAt: At(now));

        Assert.Equal(new ReportingWindow(At(start), At(start).AddHours(1)), window);
    }

    [Theory]
    [InlineData("2026-08-20T23:59:59Z", "2026-08-20T00:05:00Z", "2026-08-20T23:05:00Z", false)] // released today already
    [InlineData("2026-08-21T00:05:00Z", "2026-08-20T00:05:00Z", "2026-08-21T00:05:00Z", true)] // the poll began after midnight
    [InlineData("2026-08-21T00:01:00Z", "2026-08-20T00:05:00Z", "2026-08-20T23:59:59Z", false)] // the poll began before midnight
    [InlineData("2026-08-21T00:59:59Z", "2026-08-20T00:05:00Z", "2026-08-20T23:05:00Z", false)] // no poll succeeded yet
    [InlineData("2026-08-21T01:00:00Z", "2026-08-20T00:05:00Z", "2026-08-20T23:05:00Z", true)] // patience ends at 01:00
    [InlineData("2026-08-21T05:05:00Z", "2026-08-21T00:05:00Z", "2026-08-21T05:05:00Z", false)] // once a day
    [InlineData("2026-08-21T05:05:00Z", "2026-08-21T00:00:00Z", "2026-08-21T05:05:00Z", false)] // midnight belongs to the new day
    [InlineData("2026-08-21T00:05:00Z", "2026-08-20T00:05:00Z", "2026-08-21T00:00:00Z", true)] // for the poll too
    [InlineData("2026-08-25T13:05:00Z", "2026-08-20T00:05:00Z", "2026-08-25T13:05:00Z", true)] // back after days: at the next run
    [InlineData("2026-08-21T05:05:00Z", "2026-09-20T00:05:00Z", "2026-08-21T05:05:00Z", true)] // released by a clock that was a month ahead
    public void R17_Daily_releases_once_at_the_first_run_of_the_day_whose_poll_began_in_it(
        string now, string lastReleased, string lastPoll, bool due)
    {
        ReportingWindow? window = ReportingWindow.Due(BillingMode.AmountDaily, At(now), At(lastReleased), At(lastPoll), At(lastPoll));

        Assert.Equal(due, window is not null);
        if (window is not null)
        {
            Assert.Equal(new DateTimeOffset(At(now).Date.AddDays(-1), TimeSpan.Zero), window.Start);
            Assert.Equal(TimeSpan.FromDays(1), window.End - window.Start);
        }
    }

    [Theory]
    [InlineData("2026-08-20T14:05:30Z", "2026-08-20T14:05:00Z", "2026-08-20T13:06:00Z", false)] // a poll is under way
    [InlineData("2026-08-20T14:06:00Z", "2026-08-20T14:05:00Z", "2026-08-20T14:05:50Z", true)] // it has ended
    [InlineData("2026-08-20T14:02:00Z", "2026-08-20T13:05:00Z", "2026-08-20T13:06:00Z", false)] // this hour's poll is still to come
    [InlineData("2026-08-20T14:30:00Z", "2026-08-20T13:05:00Z", "2026-08-20T13:06:00Z", true)] // it did not succeed
    [InlineData("2026-08-20T14:06:00Z", "2026-09-20T14:05:00Z", "2026-08-20T13:06:00Z", true)] // begun by a clock that was a month ahead
    [InlineData("2026-08-20T14:34:59Z", "2026-08-20T14:05:00Z", "2026-08-20T13:06:00Z", false)] // one of half an hour may still end
    [InlineData("2026-08-20T14:35:00Z", "2026-08-20T14:05:00Z", "2026-08-20T13:06:00Z", true)] // it was killed
    public void R12_Nothing_is_released_in_the_middle_of_a_poll(string now, string started, string finished, bool due)
    {
        ReportingWindow? window = ReportingWindow.Due(
            BillingMode.AmountHourly, At(now), lastReleasedAt: null, lastPollStartedAt: At(started), lastPollFinishedAt: At(finished));

        Assert.Equal(due, window is not null);
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
