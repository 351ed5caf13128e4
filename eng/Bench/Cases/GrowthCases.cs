using System.Diagnostics;
using System.Globalization;
using LagoConsole.Bench.Least;
using LagoConsole.Bench.Servers;

namespace LagoConsole.Bench.Cases;

/// <summary>What a customer costs, and how much memory a poll takes, as customers grow in number: each size in a process of its own.</summary>
internal static class GrowthCases
{
    private const int Metrics = 20;

    public static async Task<IReadOnlyList<Line>> RunAsync(bool full, Action<string> progress)
    {
        int[] sizes = full ? [1_000, 10_000, 100_000] : [100, 300];
        List<(int Customers, double Processor, double Wall, double PeakMiB)> seen = [];
        foreach (int customers in sizes)
        {
            progress($"{customers} customers");
            (double processor, double wall, double peak) = await InItsOwnProcessAsync(customers);
            seen.Add((customers, processor, wall, peak));
        }

        (int Customers, double Processor, double Wall, double PeakMiB) least = seen[0];
        return
        [
            .. seen.Skip(1).SelectMany(size => (Line[])
            [
                new Line(
                    $"time per customer, {size.Customers} customers against {least.Customers}, nothing changed", size.Wall / size.Customers * 1e6, least.Wall / least.Customers * 1e6, "µs",
                    size.Customers == 100_000 ? 1.1 : null,
                    string.Create(CultureInfo.InvariantCulture, $"processor {size.Processor / size.Customers * 1e6:0} | {least.Processor / least.Customers * 1e6:0} µs")),
                new Line($"peak memory, {size.Customers} customers against {least.Customers}", size.PeakMiB, least.PeakMiB, "MiB", size.Customers == 100_000 ? 1.5 : null, ""),
            ]),
        ];
    }

    /// <summary>Entered by <see cref="InItsOwnProcessAsync"/>: measures itself, and says it in one line.</summary>
    public static async Task MeasureAsync(int customers)
    {
        await using ServerProcess server = await ServerProcess.StartAsync(customers, Metrics, TimeSpan.Zero);
        await using ConsoleEngine engine = await ConsoleEngine.OpenAsync(server.Address, server.Aws, customers, Metrics);
        await engine.PollAsync();
        int repeats = Math.Clamp(20_000 / customers, 3, 20); // so that a small size is measured as long as a large one
        await Memory.ClearPeakAsync();
        Run run = await Run.OfAsync(async () =>
        {
            for (int repeat = 0; repeat < repeats; repeat++)
            {
                await engine.PollAsync();
            }
        });
        double peak = await Memory.PeakMiBAsync();
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{run.Processor.TotalSeconds / repeats} {run.Wall.TotalSeconds / repeats} {peak}"));
    }

    private static async Task<(double Processor, double Wall, double PeakMiB)> InItsOwnProcessAsync(int customers)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (string argument in (string[])[typeof(GrowthCases).Assembly.Location, "growth", customers.ToString(CultureInfo.InvariantCulture)])
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        double[] values = [.. output.Trim().Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        return (values[0], values[1], values[2]);
    }
}
