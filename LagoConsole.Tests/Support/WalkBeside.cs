using Xunit;

namespace LagoConsole.Tests.Support;

/// <summary>More walks, beside those of <see cref="Walk"/>: while one waits for a page, the other's is drawn.</summary>
[CollectionDefinition(Name)]
public sealed class WalkBeside
{
    public const string Name = "Walks through a second browser";
}
