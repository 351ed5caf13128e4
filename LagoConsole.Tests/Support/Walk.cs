using Xunit;

namespace LagoConsole.Tests.Support;

/// <summary>
/// Walks through a real browser, one after another. They mostly wait for a page, and so do not keep the other tests from running;
/// what they wait for has a minute.
/// </summary>
[CollectionDefinition(Name)]
public sealed class Walk
{
    public const string Name = "Walks through a browser";
}
