using System.Globalization;
using LagoConsole.Bench.Servers;

namespace LagoConsole.Bench.Cases;

/// <summary>
/// The hourly cycle (a poll of which 1 % has grown, and the report of what it found) on a console with a year behind it, beside one
/// without: twelve closed periods of each customer, and a year of hourly records of those that grow.
/// </summary>
internal static class HistoryCases
{
    private const int Metrics = 20;
    private const int HoursAYear = 8_760;

    public static async Task<IReadOnlyList<Line>> RunAsync(bool full, Action<string> progress)
    {
        int customers = full ? 10_000 : 200;
        int active = customers / 100;
        await using ServerProcess server = await ServerProcess.StartAsync(customers, Metrics, TimeSpan.Zero);
        await using ConsoleEngine young = await OpenAsync(server, customers);
        await using ConsoleEngine old = await OpenAsync(server, customers);
        progress($"a year is added to {customers} customers");
        new History(old.DatabaseFile).Add(months: 12, hours: HoursAYear);
        (Runs ours, Runs limit) = await Runs.AlternateAsync(full ? 5 : 3, () => CycleAsync(server, old, active), () => CycleAsync(server, young, active));
        return
        [
            new Line(
                string.Create(CultureInfo.InvariantCulture, $"cycle, {customers} customers, with a year of history against none"), ours.Seconds, limit.Seconds, "s", full ? 1.1 : null,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{ours.Spread} | {limit.Spread}; processor {ours.ProcessorSeconds:0.00} | {limit.ProcessorSeconds:0.00}; {new FileInfo(old.DatabaseFile).Length >> 20} | {new FileInfo(young.DatabaseFile).Length >> 20} MiB")),
        ];
    }

    /// <summary>Everybody has been polled, and those that grow have a record each.</summary>
    private static async Task<ConsoleEngine> OpenAsync(ServerProcess server, int customers)
    {
        ConsoleEngine engine = await ConsoleEngine.OpenAsync(server.Address, server.Aws, customers, Metrics);
        await server.NextRoundAsync(customers / 100);
        await engine.PollAsync();
        await engine.ReportAsync();
        return engine;
    }

    private static async Task<Run> CycleAsync(ServerProcess server, ConsoleEngine engine, int active)
    {
        await server.NextRoundAsync(active);
        return await Run.OfAsync(async () =>
        {
            await engine.PollAsync();
            await engine.ReportAsync();
        });
    }
}
