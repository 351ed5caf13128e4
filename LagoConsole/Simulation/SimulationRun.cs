using System.Globalization;
using System.Runtime;
using LagoConsole.Simulation.Engines;
using LagoConsole.Simulation.Oracles;

namespace LagoConsole.Simulation;

/// <summary>Runs worlds, each on a thread of its own, and tells of them in the order of their seeds.</summary>
internal static class SimulationRun
{
    /// <summary>Continuations run where they are completed: a flow's whole chain lies on the stack at once.</summary>
    private const int StackBytes = 16 * 1024 * 1024;

    /// <summary>Containers are thrown away with their engines, by the dozen: compiling how to resolve from each costs more than it saves.</summary>
    private const string NoCompiledContainers = "Microsoft.Extensions.DependencyInjection.DisableDynamicEngine";

    /// <param name="output">The same for the same options, whatever the machine.</param>
    /// <param name="side">For what differs from run to run: how long it took.</param>
    /// <returns>Whether every world is sound.</returns>
    public static async Task<bool> RunAsync(SimulationOptions options, TextWriter output, TextWriter side, CancellationToken cancellationToken)
    {
        AppContext.SetSwitch(NoCompiledContainers, isEnabled: true);
        GCSettings.LatencyMode = GCLatencyMode.Batch; // nobody waits for a page here: a collector beside the worlds only takes their cores
        string folder = Folder();
        try
        {
            return await RunAsync(options, folder, await WorldDatabase.PrepareAsync(folder), output, side, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> RunAsync(
        SimulationOptions options, string folder, string template, TextWriter output, TextWriter side, CancellationToken cancellationToken)
    {
        long begun = TimeProvider.System.GetTimestamp();
        using SemaphoreSlim cores = new(Environment.ProcessorCount);
        Queue<Task<WorldOutcome>> running = new();
        Totals totals = new();
        bool isSound = true;
        int started = 0;
        int told = 0;
        while (told < options.Worlds)
        {
            while (started < options.Worlds && running.Count < 2 * Environment.ProcessorCount)
            {
                long seed = options.Seed + started++;
                running.Enqueue(OnItsOwnThread(() => Live(seed, options, folder, template), cores, cancellationToken));
            }

            WorldOutcome outcome = await running.Dequeue();
            told++;
            await TellAsync(outcome, options, output);
            totals += outcome.Totals;
            isSound &= outcome.IsSound;
        }

        TimeSpan took = TimeProvider.System.GetElapsedTime(begun);
        await side.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{told} worlds in {took.TotalSeconds:0.0} s, {told / took.TotalMinutes:0.0} a minute, {Environment.CpuUsage.TotalTime.TotalSeconds / told:0.0} CPU-seconds each"));
        await output.WriteLineAsync($"by reason: {Totals.Line(totals.ByReason)}");
        await output.WriteLineAsync($"by marketplace: {Totals.Line(totals.ByMarketplace)}");
        await output.WriteLineAsync($"worlds={options.Worlds} {totals}");
        return isSound;
    }

    private static WorldOutcome Live(long seed, SimulationOptions options, string folder, string template)
    {
        using World world = new(seed, options, folder, template);
        return world.Run();
    }

    private static async Task<WorldOutcome> OnItsOwnThread(Func<WorldOutcome> live, SemaphoreSlim cores, CancellationToken cancellationToken)
    {
        await cores.WaitAsync(cancellationToken);
        TaskCompletionSource<WorldOutcome> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(
            () =>
            {
                try
                {
                    ended.SetResult(live());
                }
#pragma warning disable CA1031 // It is thrown where the world is awaited.
                catch (Exception failure)
#pragma warning restore CA1031
                {
                    ended.SetException(failure);
                }
                finally
                {
                    cores.Release();
                }
            },
            StackBytes)
        { IsBackground = true };
        thread.Start();
        return await ended.Task;
    }

    private static async Task TellAsync(WorldOutcome outcome, SimulationOptions options, TextWriter output)
    {
        string counts = string.Join(", ", outcome.Story.Counts.Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Value} {count.Key}")));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"world seed={outcome.Seed} nodes={outcome.Nodes} buyers={outcome.Buyers}: {counts}"));
        if (!outcome.IsSound || options.Worlds == 1)
        {
            foreach (string line in outcome.Story.Lines)
            {
                await output.WriteLineAsync($"  {line}");
            }
        }

        foreach (string complaint in outcome.Complaints)
        {
            await output.WriteLineAsync($"  ! {complaint}");
        }

        if (!outcome.IsSound)
        {
            string nodes = options.Nodes is { } asked ? string.Create(CultureInfo.InvariantCulture, $" --nodes {asked}") : "";
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"  ! replay: simulate --seed {outcome.Seed} --worlds 1 --days {options.Days}{nodes}"));
        }

        await output.WriteLineAsync($"  {outcome.Totals}");
    }

    /// <summary>Shared memory where the system has it: thousands of commits need no disk.</summary>
    private static string Folder()
    {
        const string shared = "/dev/shm";
        string root = Directory.Exists(shared) ? shared : Path.GetTempPath();
        return Directory.CreateDirectory(Path.Combine(root, $"lagoconsole-simulation-{Guid.NewGuid():N}")).FullName;
    }
}
