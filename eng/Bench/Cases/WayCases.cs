using System.Globalization;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using LagoConsole.Bench.Least;
using LagoConsole.Bench.Servers;

namespace LagoConsole.Bench.Cases;

/// <summary>One customer's way from Lago's answer to a committed increment, without sockets, beside reading the answer's JSON alone.</summary>
internal static class WayCases
{
    public static Task<IReadOnlyList<Line>> RunAsync(bool full, Action<string> progress)
    {
        progress("one customer's way");
        Job job = (full ? Job.MediumRun.WithLaunchCount(1) : Job.ShortRun).WithWarmupCount(full ? 10 : 3).WithToolchain(InProcessEmitToolchain.Instance); // until the compiler has nothing left to do
        Summary summary = BenchmarkRunner.Run<WayBenchmarks>(
            ManualConfig.CreateEmpty().AddJob(job).AddDiagnoser(BenchmarkDotNet.Diagnosers.MemoryDiagnoser.Default).AddColumnProvider(BenchmarkDotNet.Columns.DefaultColumnProviders.Instance)
                .AddLogger(NullLogger.Instance).WithArtifactsPath(Path.Combine("artifacts", "bench-way")));
        Measured parse = Measured.Of(summary, nameof(WayBenchmarks.ParseAlone));
        return Task.FromResult<IReadOnlyList<Line>>(
        [
            .. LinesOf("unchanged", Measured.Of(summary, nameof(WayBenchmarks.Unchanged)), parse, goal: full ? 2 : null),
            .. LinesOf("20 metrics grown", Measured.Of(summary, nameof(WayBenchmarks.Grown)), parse, goal: null),
        ]);
    }

    private static IEnumerable<Line> LinesOf(string what, Measured way, Measured parse, double? goal) =>
    [
        new Line(
            $"one customer's way, {what}: processor, against parsing its JSON alone", way.Microseconds, parse.Microseconds, "µs", goal,
            string.Create(CultureInfo.InvariantCulture, $"{way.Spread} | {parse.Spread}; without sockets")),
        new Line($"one customer's way, {what}: allocated", way.Allocated / 1024, parse.Allocated / 1024, "KiB", null, ""),
    ];

    private sealed record Measured(double Microseconds, double Allocated, string Spread)
    {
        public static Measured Of(Summary summary, string method)
        {
            BenchmarkReport report = summary.Reports.Single(candidate => candidate.BenchmarkCase.Descriptor.WorkloadMethod.Name == method);
            BenchmarkDotNet.Mathematics.Statistics statistics = report.ResultStatistics ?? throw new InvalidOperationException($"{method} was not measured.");
            return new Measured(
                statistics.Median / 1000, report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0,
                string.Create(CultureInfo.InvariantCulture, $"{statistics.Min / 1000:0}–{statistics.Max / 1000:0}"));
        }
    }
}

/// <summary>A hundred customers a poll, one after another on one thread, so that time is processor time.</summary>
public class WayBenchmarks
{
    private const int Customers = 100;
    private const int Metrics = 20;

    private LagoAnswers _lago = null!;
    private ConsoleEngine _engine = null!;
    private byte[] _answer = [];

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _lago = new LagoAnswers(Customers, Metrics);
        Uri nowhere = new("http://127.0.0.1:9");
        _engine = await ConsoleEngine.OpenAsync(nowhere, nowhere, Customers, Metrics, new InProcessLago(_lago), concurrency: 1);
        _answer = _lago.Answer("customers/cus-0/current_usage", 1, 20)!;
        await _engine.PollAsync();
        await _engine.PollAgainAsync();
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _engine.DisposeAsync();

    [Benchmark(OperationsPerInvoke = Customers)]
    public object? ParseAlone()
    {
        object? last = null;
        for (int customer = 0; customer < Customers; customer++)
        {
            last = JsonSerializer.Deserialize(_answer, LeastJson.Default.CurrentUsage);
        }

        return last;
    }

    [Benchmark(OperationsPerInvoke = Customers)]
    public Task Unchanged() => _engine.PollAgainAsync();

    [Benchmark(OperationsPerInvoke = Customers)]
    public Task Grown()
    {
        _lago.Grow(Customers);
        return _engine.PollAgainAsync();
    }
}
