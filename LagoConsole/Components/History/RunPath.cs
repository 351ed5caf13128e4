using LagoConsole.Core.History;

namespace LagoConsole.Components.History;

/// <summary>The addresses of runs.</summary>
internal static class RunPath
{
    public static string Of(JobRun run) => $"/jobs/runs/{Uri.EscapeDataString(run.Id)}";

    /// <summary>The history of one job.</summary>
    public static string HistoryOf(Quartz.JobKey job) => $"/jobs?job={Uri.EscapeDataString(job.ToString())}";
}
