using LagoConsole.Core.History;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using Xunit;

namespace LagoConsole.Tests.History;

public sealed class JobRunFilterTests
{
    private static readonly Guid _acme = new("11111111-2222-3333-4444-555555555555");

    [Fact]
    public void An_address_that_says_nothing_lists_everything() => Assert.Equal(new JobRunFilter(), JobRunFilter.Of(null, null, "", null, null));

    [Fact]
    public void An_integration_stands_for_its_poll_and_wins_over_a_job() =>
        Assert.Equal(new JobRunFilter(PollUsageJob.KeyOf(_acme)), JobRunFilter.Of(_acme.ToString(), "system.report", null, null, null));

    [Fact]
    public void A_job_is_named_by_its_group_and_name_or_by_its_group_alone()
    {
        Assert.Equal(new JobRunFilter(ReportUsageJob.Key), JobRunFilter.Of(null, ReportUsageJob.Key.ToString(), null, null, null));
        Assert.Equal(new JobRunFilter(JobGroup: PollUsageJob.Group), JobRunFilter.Of(null, PollUsageJob.Group, null, null, null));
    }

    [Theory]
    [InlineData("failed", RunResult.Failed)]
    [InlineData("Skipped", RunResult.Skipped)]
    [InlineData("99", null)]
    [InlineData("nonsense", null)]
    public void A_result_that_is_none_filters_nothing(string text, RunResult? expected) =>
        Assert.Equal(expected, JobRunFilter.Of(null, null, text, null, null).Result);

    [Fact]
    public void A_day_is_meant_to_its_end_and_an_instant_is_not_shown_itself()
    {
        JobRunFilter day = JobRunFilter.Of(null, null, null, "2026-11-27", "2026-11-27");
        JobRunFilter hour = JobRunFilter.Of(null, null, null, "2026-11-27T09:00", "2026-11-27T10:00:00");

        Assert.Equal((At(27, 0, 0), At(28, 0, 0)), (day.From, day.Until));
        Assert.Equal((At(27, 9, 0), At(27, 10, 0)), (hour.From, hour.Until));
    }

    [Theory]
    [InlineData("27.11.2026")]
    [InlineData("2026-11-31")]
    [InlineData("9999-12-31")]
    public void A_day_that_is_none_filters_nothing(string text)
    {
        JobRunFilter filter = JobRunFilter.Of(null, null, null, text, text);

        Assert.Equal(new JobRunFilter(), filter);
    }

    private static DateTimeOffset? At(int day, int hour, int minute) => new DateTimeOffset(2026, 11, day, hour, minute, 0, TimeSpan.Zero);
}
