using System.Globalization;
using Microsoft.Playwright;

namespace LagoConsole.Bench.Cases;

/// <summary>From the start of the process to its first page, and the memory it holds, beside a web application that has one page only.</summary>
internal static class StartCases
{
    public static async Task<IReadOnlyList<Line>> RunAsync(bool full, Action<string> progress)
    {
        int browsers = full ? 10 : 3;
        List<(TimeSpan Wall, double MiB)> ours = [];
        List<(TimeSpan Wall, double MiB)> limit = [];
        for (int round = 0; round < (full ? 5 : 1); round++)
        {
            progress(string.Create(CultureInfo.InvariantCulture, $"round {round + 1}"));
            string folder = Directory.CreateTempSubdirectory("lagoconsole-bench-").FullName;
            ours.Add(await MeasureAsync(() => Application.StartAsync(folder)));
            Directory.Delete(folder, recursive: true);
            limit.Add(await MeasureAsync(Application.StartEmptyAsync));
        }

        (double first, double each) = await BrowsersAsync(browsers, progress);
        return
        [
            new Line("process start to first page", Runs.Median(ours.Select(run => run.Wall.TotalSeconds)), Runs.Median(limit.Select(run => run.Wall.TotalSeconds)), "s", null, "against one empty page of the same framework; the database is made, too"),
            new Line("memory after the first page", Runs.Median(ours.Select(run => run.MiB)), Runs.Median(limit.Select(run => run.MiB)), "MiB", null, "resident"),
            new Line($"memory of each of {browsers} connected browsers, against the process that serves them", each, first, "MiB", null, "resident, Overview open"),
        ];
    }

    private static async Task<(TimeSpan Wall, double MiB)> MeasureAsync(Func<Task<Application>> startAsync)
    {
        long start = TimeProvider.System.GetTimestamp();
        await using Application application = await startAsync();
        TimeSpan wall = TimeProvider.System.GetElapsedTime(start);
        return (wall, await Memory.ResidentMiBAsync(application.ProcessId));
    }

    /// <summary>What the process holds with one browser, and what each other one adds.</summary>
    private static async Task<(double First, double Each)> BrowsersAsync(int browsers, Action<string> progress)
    {
        string folder = Directory.CreateTempSubdirectory("lagoconsole-bench-").FullName;
        try
        {
            await using Application application = await Application.StartAsync(folder);
            using IPlaywright playwright = await Playwright.CreateAsync();
            await using IBrowser browser = await Application.OpenBrowserAsync(playwright);
            await application.SignInAsync(browser); // what the first one loads, all share
            double before = await Memory.ResidentMiBAsync(application.ProcessId);
            progress("browsers");
            for (int number = 0; number < browsers; number++)
            {
                await application.SignInAsync(browser);
            }

            return (before, (await Memory.ResidentMiBAsync(application.ProcessId) - before) / browsers);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
