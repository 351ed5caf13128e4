using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using LagoConsole.Bench;
using LagoConsole.Bench.Cases;
using LagoConsole.Bench.Servers;

Dictionary<string, Func<bool, Action<string>, Task<IReadOnlyList<Line>>>> cases = new(StringComparer.Ordinal)
{
    ["poll"] = PollCases.RunAsync,
    ["report"] = ReportCases.RunAsync,
    ["way"] = WayCases.RunAsync,
    ["growth"] = GrowthCases.RunAsync,
    ["history"] = HistoryCases.RunAsync,
    ["start"] = StartCases.RunAsync,
    ["pages"] = PagesCases.RunAsync,
};

Option<bool> full = new("--full") { Description = "The sizes that the goals are set for; may take an hour. Default: a small size, under two minutes." };
Option<bool> small = new("--small") { Description = "The default." };
Option<string[]> chosen = new("--case") { Description = $"Only these: {string.Join(", ", cases.Keys)}.", AllowMultipleArgumentsPerToken = true };
chosen.AcceptOnlyFromAmong([.. cases.Keys]);
RootCommand root = new("What the console costs, beside the least that any program must do for the same.") { full, small, chosen };
root.SetAction(async (parsed, cancellationToken) =>
{
    List<Line> lines = [];
    foreach ((string name, Func<bool, Action<string>, Task<IReadOnlyList<Line>>> run) in cases)
    {
        if (parsed.GetValue(chosen) is not { Length: > 0 } names || names.Contains(name, StringComparer.Ordinal))
        {
            lines.AddRange(await run(parsed.GetValue(full), what => Console.Error.WriteLine($"{name}: {what}")));
        }
    }

    Console.WriteLine(Line.Head);
    lines.ForEach(Console.WriteLine);
    Directory.CreateDirectory("artifacts");
    await File.WriteAllTextAsync(
        "artifacts/bench.json", JsonSerializer.Serialize(lines, new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }), cancellationToken);
    return 0;
});

// The other side of a measurement, in a process of its own.
Argument<int> customers = new("customers");
Argument<int> metrics = new("metrics");
Argument<int> latency = new("latency") { Description = "Milliseconds." };
Command server = new("server", "A Lago and an AWS to measure against; ends with its standard input.") { customers, metrics, latency };
server.Hidden = true;
server.SetAction((parsed, _) => Server.RunAsync(parsed.GetValue(customers), parsed.GetValue(metrics), TimeSpan.FromMilliseconds(parsed.GetValue(latency))));
root.Subcommands.Add(server);

Argument<int> size = new("customers");
Command growth = new("growth", "One size of the case growth.") { size };
growth.Hidden = true;
growth.SetAction((parsed, _) => GrowthCases.MeasureAsync(parsed.GetValue(size)));
root.Subcommands.Add(growth);

Argument<int> polled = new("customers");
Argument<int> delay = new("latency") { Description = "Milliseconds." };
Command poll = new("poll", "One size and latency of the case poll.") { polled, delay };
poll.Hidden = true;
poll.SetAction(async (parsed, _) => (await PollCases.AtAsync(parsed.GetValue(polled), metrics: 20, TimeSpan.FromMilliseconds(parsed.GetValue(delay)), Console.Error.WriteLine))
    .ToList().ForEach(Console.WriteLine));
root.Subcommands.Add(poll);

Argument<string> address = new("address");
Command empty = new("empty", "A web application with one page.") { address };
empty.Hidden = true;
empty.SetAction((parsed, _) => Application.BeEmptyAsync(parsed.GetValue(address)!));
root.Subcommands.Add(empty);

return await root.Parse(args).InvokeAsync();
