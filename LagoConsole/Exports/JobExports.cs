using LagoConsole.Components.History;
using LagoConsole.Core.Exports;
using LagoConsole.Core.History;
using Quartz;

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
            (string? job, RunResult? result) = (request.Text("job"), request.Choice<RunResult>("result"));
            return ReadRunsAsync(request, job, result);
        });
    }

    /// <summary>Newest first. A run that ends meanwhile moves all others down: those of the page before are left out.</summary>
    private static async IAsyncEnumerable<JobRun> ReadRunsAsync(ExportRequest request, string? job, RunResult? result)
    {
        JobHistory history = request.Get<JobHistory>();
        JobKey? key = null;
        if (job is not null)
        {
            key = (await history.ListJobsAsync(request.Leaving)).FirstOrDefault(status => status.Job.ToString() == job)?.Job;
            if (key is null)
            {
                yield break; // no such job, no runs
            }
        }

        HashSet<string> before = new(StringComparer.Ordinal);
        await foreach (JobRun run in ExportRoutes.PagesAsync(async (skip, take) => (await history.ListRunsAsync(new JobRunFilter(key, result), skip / take, take, request.Leaving)).Runs))
        {
            if (before.Add(run.Id))
            {
                yield return run;
            }
        }
    }
}
