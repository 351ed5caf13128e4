using System.Globalization;
using Quartz;

namespace LagoConsole.Core.History;

/// <summary>What became of a job at an instant, or is to come.</summary>
public enum TimelineKind
{
    Succeeded = 1,
    Failed = 2,
    Interrupted = 3,
    Skipped = 4,

    /// <summary>Runs now.</summary>
    Running = 5,

    /// <summary>The schedule has it.</summary>
    Planned = 6,
}

/// <summary>A start of a job, in the past or to come.</summary>
public sealed record TimelineMark(DateTimeOffset At, TimelineKind Kind);

/// <summary>When one job ran and when it will run, oldest first.</summary>
public sealed record TimelineRow(JobKey Job, string Title, IReadOnlyList<TimelineMark> Marks)
{
    /// <summary>The picture in words.</summary>
    public string Sentence
    {
        get
        {
            int ran = Marks.Count - Count(TimelineKind.Planned) - Count(TimelineKind.Running);
            List<string> parts = [string.Create(CultureInfo.InvariantCulture, $"{ran} {(ran == 1 ? "run" : "runs")}")];
            Tell(TimelineKind.Failed, "failed");
            Tell(TimelineKind.Interrupted, "interrupted");
            Tell(TimelineKind.Skipped, "skipped");
            if (Count(TimelineKind.Running) > 0)
            {
                parts.Add("runs now");
            }

            Tell(TimelineKind.Planned, "to come");
            return string.Join(", ", parts);

            void Tell(TimelineKind kind, string word)
            {
                if (Count(kind) is > 0 and int count)
                {
                    parts.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {word}"));
                }
            }
        }
    }

    private int Count(TimelineKind kind) => Marks.Count(mark => mark.Kind == kind);
}

/// <summary>The schedule around now, a line a job. Pure.</summary>
/// <param name="From">The first instant shown.</param>
/// <param name="Until">The first instant that is not shown.</param>
public sealed record Timeline(DateTimeOffset From, DateTimeOffset Now, DateTimeOffset Until, IReadOnlyList<TimelineRow> Rows)
{
    /// <summary>Shown before now, and as much after it.</summary>
    public static readonly TimeSpan Reach = TimeSpan.FromHours(6);

    /// <param name="runs">Ended runs that started within reach, in any order; those of jobs that are gone are left out.</param>
    public static Timeline Of(IReadOnlyList<JobStatus> jobs, IEnumerable<JobRun> runs, IEnumerable<RunningJob> running, DateTimeOffset now)
    {
        (DateTimeOffset from, DateTimeOffset until) = (now - Reach, now + Reach);
        ILookup<JobKey, TimelineMark> past = runs.ToLookup(run => run.Job, run => new TimelineMark(run.StartedAt, KindOf(run.Result)));
        ILookup<JobKey, TimelineMark> present = running.ToLookup(run => run.Job, run => new TimelineMark(run.StartedAt, TimelineKind.Running));
        return new Timeline(from, now, until,
        [
            .. jobs.Select(job => new TimelineRow(job.Job, job.Title,
            [
                .. past[job.Job].Concat(present[job.Job])
                    .Concat(job.NextRuns.Select(at => new TimelineMark(at, TimelineKind.Planned)))
                    .Where(mark => mark.At >= from && mark.At < until)
                    .OrderBy(mark => mark.At),
            ])),
        ]);
    }

    private static TimelineKind KindOf(RunResult result) => result switch
    {
        RunResult.Succeeded => TimelineKind.Succeeded,
        RunResult.Failed => TimelineKind.Failed,
        RunResult.Interrupted => TimelineKind.Interrupted,
        RunResult.Skipped => TimelineKind.Skipped,
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, "Not a result."),
    };
}
