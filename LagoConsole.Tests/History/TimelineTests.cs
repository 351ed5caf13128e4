using LagoConsole.Core.History;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using Quartz;
using Xunit;

namespace LagoConsole.Tests.History;

public sealed class TimelineTests
{
    private static readonly DateTimeOffset _now = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);
    private static readonly JobKey _poll = PollUsageJob.KeyOf(new Guid("11111111-2222-3333-4444-555555555555"));

    [Fact]
    public void Each_job_has_a_line_of_what_it_did_does_and_will_do()
    {
        JobStatus report = Job(ReportUsageJob.Key, "Report usage", _now.AddMinutes(15), _now.AddMinutes(35));
        JobStatus poll = Job(_poll, "Poll Lago: Acme");

        Timeline timeline = Timeline.Of(
            [report, poll],
            [Ran(ReportUsageJob.Key, RunResult.Failed, -45), Ran(ReportUsageJob.Key, RunResult.Succeeded, -105), Ran(_poll, RunResult.Skipped, -55)],
            [new RunningJob("1", _poll, "Poll Lago: Acme", _now.AddMinutes(-2), 40, null, "node")],
            _now);

        Assert.Equal((_now.AddHours(-6), _now.AddHours(6)), (timeline.From, timeline.Until));
        Assert.Equal(
            [(-105, TimelineKind.Succeeded), (-45, TimelineKind.Failed), (15, TimelineKind.Planned), (35, TimelineKind.Planned)],
            timeline.Rows[0].Marks.Select(Minute));
        Assert.Equal([(-55, TimelineKind.Skipped), (-2, TimelineKind.Running)], timeline.Rows[1].Marks.Select(Minute));
        Assert.Equal(["2 runs, 1 failed, 2 to come", "1 run, 1 skipped, runs now"], timeline.Rows.Select(row => row.Sentence));
    }

    [Fact]
    public void What_is_out_of_reach_is_left_out_and_the_end_excluded()
    {
        JobStatus report = Job(ReportUsageJob.Key, "Report usage", _now.AddHours(6).AddSeconds(-1), _now.AddHours(6));

        Timeline timeline = Timeline.Of([report], [Ran(ReportUsageJob.Key, RunResult.Succeeded, -360), Ran(ReportUsageJob.Key, RunResult.Succeeded, -361)], [], _now);

        Assert.Equal([_now.AddHours(-6), _now.AddHours(6).AddSeconds(-1)], timeline.Rows[0].Marks.Select(mark => mark.At));
    }

    [Fact]
    public void A_run_of_a_job_that_is_gone_has_no_line()
    {
        Timeline timeline = Timeline.Of([Job(ReportUsageJob.Key, "Report usage")], [Ran(_poll, RunResult.Succeeded, -5)], [], _now);

        Assert.Equal("0 runs", Assert.Single(timeline.Rows).Sentence);
    }

    private static (int, TimelineKind) Minute(TimelineMark mark) => ((int)(mark.At - _now).TotalMinutes, mark.Kind);

    private static JobStatus Job(JobKey key, string title, params IReadOnlyList<DateTimeOffset> next) =>
        new(key, title, "", next.Count > 0 ? next[0] : null, null, null, false, null, null, 0) { NextRuns = next };

    private static JobRun Ran(JobKey key, RunResult result, int minutes) =>
        new("", key, "", result, _now.AddMinutes(minutes), TimeSpan.FromSeconds(1), null, [], RunStart.Schedule, null, false, "node");
}
