using Quartz;

namespace LagoConsole.Core.History;

/// <summary>One execution of a scheduled job that has ended: a view of Quartz's own history.</summary>
/// <param name="Id">Names the run in <see cref="JobHistory.FindAsync"/>.</param>
/// <param name="Title">What the job is called now; an integration that is gone has no name any more.</param>
/// <param name="Duration">Null where the end is not known: the process was killed.</param>
/// <param name="Summary">The job's own line about the run.</param>
/// <param name="Counts">What the run counted, in the job's order.</param>
/// <param name="StartedBy">What made it run.</param>
/// <param name="Error">Null when it did not fail.</param>
/// <param name="WillRetry">It failed, and the schedule holds another attempt before the next regular one.</param>
/// <param name="Node">The process that ran it.</param>
public sealed record JobRun(
    string Id, JobKey Job, string Title, RunResult Result, DateTimeOffset StartedAt, TimeSpan? Duration, string? Summary,
    IReadOnlyList<RunCount> Counts, RunStart StartedBy, string? Error, bool WillRetry, string Node);

/// <summary>A number that a run reported of itself.</summary>
public sealed record RunCount(string Name, string Value);

/// <summary>How a run ended.</summary>
public enum RunResult
{
    Succeeded = 1,
    Failed = 2,

    /// <summary>Stopped in the middle: the process was killed or shut down, or the integration was deleted.</summary>
    Interrupted = 3,

    /// <summary>There was nothing to do, or a reason not to; the summary says which.</summary>
    Skipped = 4,
}

/// <summary>What made a job run.</summary>
public enum RunStart
{
    /// <summary>The clock.</summary>
    Schedule = 1,

    /// <summary>A person pressed Run now; the audit log says who.</summary>
    Person = 2,

    /// <summary>Another job, or something that was due.</summary>
    Job = 3,

    /// <summary>A run before it was interrupted.</summary>
    Recovery = 4,

    /// <summary>A run before it failed.</summary>
    Retry = 5,
}

/// <summary>A run with what it logged.</summary>
/// <param name="LogLines">Oldest first; only the last 200 are kept.</param>
public sealed record JobRunDetail(JobRun Run, IReadOnlyList<string> LogLines);

/// <summary>One page of runs, newest first.</summary>
public sealed record JobRunPage(IReadOnlyList<JobRun> Runs, int Total);

/// <summary>A job that runs right now, on any node.</summary>
/// <param name="Progress">0 to 100, or null if it has not said.</param>
public sealed record RunningJob(string FireInstanceId, JobKey Job, string Title, DateTimeOffset StartedAt, int? Progress, string? Message, string Node);

/// <summary>A job as the schedule knows it.</summary>
/// <param name="NextRunAt">Null while it is paused, or when nothing schedules it.</param>
/// <param name="Rests">Why no schedule exists, as a sentence; null when one does.</param>
/// <param name="Integration">Null for a job that serves all integrations.</param>
public sealed record JobStatus(
    JobKey Job, string Title, string Description, DateTimeOffset? NextRunAt, JobPause? Pause, string? Rests,
    bool IsRunning, DateTimeOffset? LastRunAt, RunResult? LastResult, int ConsecutiveFailures, PolledIntegration? Integration = null)
{
    /// <summary>Every start that the schedule holds until <see cref="Timeline.Reach"/> from now; none while it is paused.</summary>
    public IReadOnlyList<DateTimeOffset> NextRuns { get; init; } = [];
}

/// <summary>The integration that a job polls, as it is called now.</summary>
public sealed record PolledIntegration(Guid Id, string Name);

/// <summary>A person stopped the schedule of a job.</summary>
public sealed record JobPause(string? By, string? Reason, DateTimeOffset? At);
