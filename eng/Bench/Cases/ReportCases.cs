using System.Globalization;
using LagoConsole.Bench.Least;
using LagoConsole.Bench.Servers;

namespace LagoConsole.Bench.Cases;

/// <summary>What one hour's due meters of one AWS product take, beside the least program that keeps AWS's quota too.</summary>
internal static class ReportCases
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(50);

    public static async Task<IReadOnlyList<Line>> RunAsync(bool full, Action<string> progress) =>
        full
            ? [.. await AtAsync(1_000, rounds: 3, progress), .. await AtAsync(100_000, rounds: 1, progress)]
            : await AtAsync(100, rounds: 3, progress);

    private static async Task<IReadOnlyList<Line>> AtAsync(int meters, int rounds, Action<string> progress)
    {
        await using ServerProcess server = await ServerProcess.StartAsync(meters, metrics: 1, Latency);
        await server.NextRoundAsync(meters);
        progress($"{meters} meters are made");
        await using ConsoleEngine engine = await ConsoleEngine.OpenAsync(server.Address, server.Aws, meters, metrics: 1);
        using LeastReport least = new(server, engine.DatabaseFile, engine.Clock);
        await engine.ReportAsync();
        List<Run> ours = [];
        List<Run> limit = [];
        long calls = 0;
        long leastCalls = 0;
        for (int round = 0; round < rounds; round++)
        {
            progress(string.Create(CultureInfo.InvariantCulture, $"{meters} meters, round {round + 1} of {rounds}"));
            await server.NextRoundAsync(meters);
            await engine.PollAsync();
            least.Copy();
            await server.CallsAsync();
            limit.Add(await Run.OfAsync(least.RunAsync));
            leastCalls = await server.CallsAsync();
            ours.Add(await Run.OfAsync(engine.ReportAsync));
            calls = await server.CallsAsync();
        }

        (Runs mine, Runs theirs) = (new Runs(ours), new Runs(limit));
        string name = string.Create(CultureInfo.InvariantCulture, $"report, {meters} due meters of one product, {Latency.TotalMilliseconds} ms");
        Line[] lines =
        [
            new Line(
                name, mine.Seconds, theirs.Seconds, "s", meters == 1_000 ? 1.5 : null,
                string.Create(CultureInfo.InvariantCulture, $"{mine.Spread} | {theirs.Spread}; processor {mine.ProcessorSeconds:0.00} | {theirs.ProcessorSeconds:0.00}; AWS takes 10 calls a second")),
            new Line($"{name}: calls", calls, leastCalls, "calls", 1, ""),
        ];
        Array.ForEach(lines, line => progress(line.ToString())); // the next size may take long
        return lines;
    }
}
