using LagoConsole.Core.Reporting;
using LagoConsole.Core.Scheduling;
using Quartz;

namespace LagoConsole.Core.DryRun;

/// <summary>A time at which the schedule runs reporting.</summary>
/// <param name="IsPoll">Lago is polled first.</param>
internal readonly record struct RunTime(DateTimeOffset At, bool IsPoll);

/// <summary>When the schedule will run, by its own triggers.</summary>
internal static class RunTimes
{
    /// <summary>
    /// Reporting runs up to the next poll, that poll, and later polls. Runs between later polls are left out: each comes after
    /// a poll's own reporting and finds nothing more to do.
    /// </summary>
    public static IEnumerable<RunTime> After(this Schedule schedule, DateTimeOffset now)
    {
        ITrigger polls = schedule.Poll(Guid.Empty).Trigger;
        ITrigger reports = schedule.System.Single(job => job.Job.Key.Equals(ReportUsageJob.Key)).Trigger;
        DateTimeOffset? poll = polls.GetFireTimeAfter(now);
        for (DateTimeOffset? report = reports.GetFireTimeAfter(now); report < poll; report = reports.GetFireTimeAfter(report))
        {
            yield return new RunTime(report.Value, IsPoll: false);
        }

        for (; poll is { } at; poll = polls.GetFireTimeAfter(at))
        {
            yield return new RunTime(at, IsPoll: true);
        }
    }
}
