using System.Globalization;
using System.Text.Json;
using LagoConsole.Bench.Least;
using LagoConsole.Bench.Servers;

namespace LagoConsole.Bench.Cases;

/// <summary>An hourly poll beside the least program, at three shares of customers whose usage has grown.</summary>
internal static class PollCases
{
    private const int Rounds = 3;

    /// <param name="full">The sizes that the goals are set for.</param>
    public static async Task<IReadOnlyList<Line>> RunAsync(bool full, Action<string> progress)
    {
        List<Line> lines = [];
        (int customers, int metrics) = full ? (10_000, 20) : (200, 20);
        foreach (int latency in full ? (int[])[0, 20, 100] : [20])
        {
            IReadOnlyList<Line> measured = await AtAsync(customers, metrics, TimeSpan.FromMilliseconds(latency), progress);
            lines.AddRange(measured);
            foreach (Line line in measured)
            {
                progress(line.ToString()); // the next latency may take long
            }
        }

        return lines;
    }

    /// <summary>One size and latency.</summary>
    public static async Task<IReadOnlyList<Line>> AtAsync(int customers, int metrics, TimeSpan latency, Action<string> progress)
    {
        List<Line> lines = [];
        await using ServerProcess server = await ServerProcess.StartAsync(customers, metrics, latency);
        await server.NextRoundAsync(customers); // everybody has used something, and has a meter
        progress($"{customers} customers are polled for the first time");
        await using ConsoleEngine engine = await ConsoleEngine.OpenAsync(server.Address, server.Aws, customers, metrics);
        await engine.PollAsync();
        using LeastPoll least = new(server, engine.DatabaseFile, engine.Clock);
        foreach ((string what, int changed, double? goal) in ((string, int, double?)[])
            [("nothing changed", 0, null), ("1 % changed", customers / 100, 1.25), ("everything changed", customers, 1.6)])
        {
            progress($"poll, {what}");
            long calls = 0;
            (Runs ours, Runs limit) = await Runs.AlternateAsync(
                Rounds,
                async () =>
                {
                    await server.NextRoundAsync(changed);
                    Run run = await Run.OfAsync(engine.PollAsync);
                    calls = await server.CallsAsync();
                    return run;
                },
                () => Run.OfAsync(least.RunAsync));
            string name = string.Create(CultureInfo.InvariantCulture, $"poll, {customers} customers × {metrics} metrics, {latency.TotalMilliseconds} ms, {what}");
            lines.Add(new Line(
                name, ours.Seconds, limit.Seconds, "s", latency.TotalMilliseconds == 20 ? goal : null,
                string.Create(CultureInfo.InvariantCulture, $"{ours.Spread} | {limit.Spread}; processor {ours.ProcessorSeconds:0.00} | {limit.ProcessorSeconds:0.00}")));
            if (changed == 0 && latency.TotalMilliseconds == 20)
            {
                lines.Add(new Line("calls to Lago per customer, nothing changed", (double)calls / customers, 1, "calls", 1.02, ""));
                lines.Add(await RowsAsync(server, engine, customers));
            }
        }

        return lines;
    }

    /// <summary>What a poll that finds nothing writes.</summary>
    private static async Task<Line> RowsAsync(ServerProcess server, ConsoleEngine engine, int customers)
    {
        await server.NextRoundAsync(0);
        long before = await engine.CountUsageAsync();
        using WrittenRows rows = new();
        await engine.PollAsync();
        long written = rows.Count + await engine.CountUsageAsync() - before;
        return new Line("rows written per chunk of 500 customers, nothing changed", written / Math.Ceiling(customers / 500.0), 1, "rows", 1, $"{written} in all");
    }
}
