using System.Globalization;

namespace LagoConsole.Bench;

/// <summary>What one run took.</summary>
/// <param name="Processor">Of this process, all threads.</param>
internal sealed record Run(TimeSpan Wall, TimeSpan Processor)
{
    public static async Task<Run> OfAsync(Func<Task> work)
    {
        GC.Collect();
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long start = TimeProvider.System.GetTimestamp();
        await work();
        return new Run(TimeProvider.System.GetElapsedTime(start), Environment.CpuUsage.TotalTime - processor);
    }
}

/// <summary>Several runs of one kind.</summary>
internal sealed record Runs(IReadOnlyList<Run> All)
{
    public double Seconds => Median(All.Select(run => run.Wall.TotalSeconds));

    public double ProcessorSeconds => Median(All.Select(run => run.Processor.TotalSeconds));

    /// <summary>The shortest and the longest.</summary>
    public string Spread => string.Create(CultureInfo.InvariantCulture, $"{All.Min(run => run.Wall.TotalSeconds):0.00}–{All.Max(run => run.Wall.TotalSeconds):0.00}");

    /// <summary>One after the other, so that a busy minute of the machine is shared; the first of each only warms up.</summary>
    public static async Task<(Runs Ours, Runs Limit)> AlternateAsync(int rounds, Func<Task<Run>> ours, Func<Task<Run>> limit)
    {
        await ours();
        await limit();
        List<Run> first = [];
        List<Run> second = [];
        for (int round = 0; round < rounds; round++)
        {
            first.Add(await ours());
            second.Add(await limit());
        }

        return (new Runs(first), new Runs(second));
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
