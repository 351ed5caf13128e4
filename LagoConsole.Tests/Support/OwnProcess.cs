using Xunit;

namespace LagoConsole.Tests.Support;

/// <summary>
/// Tests that start the console as a process of its own, and kill it, one after another: they mostly wait for a lease of the dead
/// process to end, and so do not keep the other tests from running.
/// </summary>
[CollectionDefinition(Name)]
public sealed class OwnProcess
{
    public const string Name = "The console in a process of its own";
}
