using System.Globalization;
using LagoConsole.Simulation.Threads;

namespace LagoConsole.Simulation;

/// <summary>What happened in a world, in order: printed, and the same for the same seed.</summary>
internal sealed class Story(VirtualClock clock)
{
    private readonly List<string> _lines = [];
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>How often each kind of thing happened.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    /// <summary>Something worth a line.</summary>
    public void Tell(string kind, string sentence)
    {
        Count(kind);
        _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{clock.Now.UtcDateTime:MM-dd HH:mm:ss} {sentence}"));
    }

    /// <summary>Something of which there is too much for a line each.</summary>
    public void Count(string kind) => _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
}
