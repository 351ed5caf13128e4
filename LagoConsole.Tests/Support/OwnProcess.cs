using Xunit;

namespace LagoConsole.Tests.Support;

/// <summary>
/// Tests that start the console as a process of its own run one after another, after all others: a walk through a real
/// browser and a kill at the right moment should meet the machine as a person does, not in the middle of a test run.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OwnProcess
{
    public const string Name = "The console in a process of its own";
}
