using System.CommandLine;
using LagoConsole.Simulation;

namespace LagoConsole.Commands;

/// <summary>
/// Lets whole worlds live in minutes: real engines against a sandbox Lago and marketplaces, faults, crashes and persons, and
/// an oracle that keeps its own books. Touches no database but its own temporary ones.
/// </summary>
internal sealed class SimulateCommand : Command
{
    /// <summary>A day to live, and the two fair ones.</summary>
    private const int FewestDays = 3;

    private readonly Option<long?> _seed = new("--seed") { Description = "Of the first world; the next has the next number. Default: a fresh one, which is printed." };
    private readonly Option<int> _worlds = new("--worlds") { Description = "How many worlds.", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _days = new("--days") { Description = $"How long each lives, at least {FewestDays}.", DefaultValueFactory = _ => 35 };
    private readonly Option<int?> _nodes = new("--nodes") { Description = "Engines in each. Default: the seed decides, 1 to 3." };

    private readonly Option<string?> _watch = new("--watch") { Description = "Follows one key, such as seats:8e54bc8c: the story shows what the books and the oracle hold of it after each change." };

    public SimulateCommand()
        : base("simulate", "Lets worlds of usage, faults, crashes and people live, and checks every cent against an independent oracle.")
    {
        _worlds.Validators.Add(result => AtLeast(result, 1));
        _days.Validators.Add(result => AtLeast(result, FewestDays));
        _nodes.Validators.Add(result => AtLeast(result, 1));
        Options.Add(_seed);
        Options.Add(_worlds);
        Options.Add(_days);
        Options.Add(_nodes);
        Options.Add(_watch);
        SetAction(RunAsync);
    }

    private static void AtLeast(System.CommandLine.Parsing.OptionResult result, int least)
    {
        if (result.GetValueOrDefault<int?>() < least)
        {
            result.AddError($"{result.Option.Name} must be at least {least}.");
        }
    }

    /// <returns>1 where a cent was billed twice, lost, or left without a reason.</returns>
    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        SimulationOptions options = new(
            arguments.GetValue(_seed) ?? Random.Shared.Next(1, int.MaxValue), arguments.GetValue(_worlds), arguments.GetValue(_days), arguments.GetValue(_nodes),
            arguments.GetValue(_watch));
        TextWriter output = arguments.InvocationConfiguration.Output;
        return await SimulationRun.RunAsync(options, output, arguments.InvocationConfiguration.Error, cancellationToken) ? 0 : 1;
    }
}
