using System.CommandLine;
using LagoConsole.Simulation;

namespace LagoConsole.Commands;

internal sealed class SimulateCommand : Command
{
    public SimulateCommand()
        : base("simulate", "")
    {
        Option<long> seed = new("--seed");
        Option<int> days = new("--days") { DefaultValueFactory = _ => 35 };
        Option<int> worlds = new("--worlds") { DefaultValueFactory = _ => 1 };
        Option<int?> nodes = new("--nodes");
        Options.Add(seed);
        Options.Add(days);
        Options.Add(worlds);
        Options.Add(nodes);
        SetAction(async (parsed, _) =>
        {
            string folder = Directory.CreateTempSubdirectory("sim").FullName;
            folder = Directory.CreateDirectory("/dev/shm/sim" + Environment.ProcessId).FullName;
            string template = await Simulation.Engines.WorldDatabase.PrepareAsync(folder);
            for (int i = 0; i < parsed.GetValue(worlds); i++)
            {
                Thread thread = new(() =>
                {
                    long t = TimeProvider.System.GetTimestamp();
                    using World world = new(parsed.GetValue(seed) + i, new SimulationOptions(0, 1, parsed.GetValue(days), parsed.GetValue(nodes)), folder, template);
                    WorldOutcome o = world.Run();
                    Console.WriteLine(string.Join("\n", o.Story.Lines.Take(50)));
                    Console.WriteLine(string.Join("\n", o.Story.Counts));
                    Console.WriteLine(string.Join("\n", o.Complaints));
                    Console.WriteLine(o.Totals);
                    Console.WriteLine($"{o.Seed} {TimeProvider.System.GetElapsedTime(t)} cpu {Environment.CpuUsage.TotalTime}");
                }, 16 << 20);
                thread.Start();
                thread.Join();
            }
            Directory.Delete(folder, true);
            return 0;
        });
    }
}
