using LagoConsole.Components.History;
using LagoConsole.Core.Exports;
using LagoConsole.Core.History;

namespace LagoConsole.Exports;

/// <summary>The tables of Jobs.</summary>
internal static class JobExports
{
    private static CsvTable<JobStatus> Schedule => new CsvTable<JobStatus>()
        .Text("Job ID", row => row.Job.ToString())
        .Text("Job", row => row.Title)
        .Text("What it does", row => row.Description)
        .Time("Next run (UTC)", row => row.NextRunAt)
        .Text("Not scheduled because", row => row.Rests)
        .Time("Paused (UTC)", row => row.Pause?.At)
        .Text("Paused by", row => row.Pause?.By)
        .Text("Paused because", row => row.Pause?.Reason)
        .Text("Runs now", row => ExportRoutes.YesNo(row.IsRunning))
        .Time("Last run (UTC)", row => row.LastRunAt)
        .Text("Last result", row => row.LastResult?.ToString())
        .Number("Failures in a row", row => row.ConsecutiveFailures);

    private static CsvTable<JobRun> Runs => new CsvTable<JobRun>()
        .Text("Run ID", row => row.Id)
        .Time("Started (UTC)", row => row.StartedAt)
        .Text("Started by", row => RunText.Start(row.StartedBy))
        .Text("Job ID", row => row.Job.ToString())
        .Text("Job", row => row.Title)
        .Text("Result", row => row.Result.ToString())
        .Text("Tried again", row => ExportRoutes.YesNo(row.WillRetry))
        .Number("Seconds", row => row.Duration?.Ticks / (decimal)TimeSpan.TicksPerSecond)
        .Text("What it did", row => row.Summary)
        .Text("Error", row => row.Error)
        .Text("Counts", row => string.Join(", ", row.Counts.Select(count => $"{count.Name} {count.Value}")))
        .Text("Node", row => row.Node);

    public static void Add(ExportRoutes exports)
    {
        exports.Add("schedule", Schedule, request => ExportRoutes.WholeAsync<JobStatus>(async () => await request.Get<JobHistory>().ListJobsAsync(request.Leaving)));
        exports.Add("runs", Runs, request =>
        {
            (string? from, string? until) = (request.Text("from"), request.Text("until"));
            JobRunFilter filter = JobRunFilter.Of(
                request.Id("integration")?.ToString(), request.Text("job"), request.Choice<RunResult>("result")?.ToString(), from, until);
            if ((from is not null && filter.From is null) || (until is not null && filter.Until is null))
            {
                request.Refuse("from and until must be a day such as 2026-11-27, or a day and a time such as 2026-11-27T09:30, or left out.");
            }

            if (request.Text("job") is not null && filter is { Job: null, JobGroup: null })
            {
                request.Refuse("job must be a job such as poll.1, or a group of jobs, or left out.");
            }

            return ReadRunsAsync(request, filter);
        });
    }

    /// <summary>Newest first. A run that ends meanwhile moves all others down: those of the page before are left out.</summary>
    private static async IAsyncEnumerable<JobRun> ReadRunsAsync(ExportRequest request, JobRunFilter filter)
    {
        JobHistory history = request.Get<JobHistory>();
        HashSet<string> before = new(StringComparer.Ordinal);
        await foreach (JobRun run in ExportRoutes.PagesAsync(async (skip, take) => (await history.ListRunsAsync(filter, skip / take, take, request.Leaving)).Runs))
        {
            if (before.Add(run.Id))
            {
                yield return run;
            }
        }
    }
}
