using LagoConsole.Core.Buyers;
using LagoConsole.Core.Polling;

namespace LagoConsole.Core.DryRun;

/// <summary>What Lago showed of the buyers of a dry run. Held in memory only; any number of changes can be tried on one look.</summary>
/// <param name="At">When the look began.</param>
/// <param name="Problems">What could not be read, a sentence each: its growth is missing.</param>
public sealed record LagoLook(DateTimeOffset At, IReadOnlyList<string> Problems)
{
    internal IReadOnlyList<BuyerLook> Buyers { get; init; } = [];
}

/// <summary>One buyer of a look.</summary>
/// <param name="Link">Its Lago Customer ID; null while it has none.</param>
/// <param name="Readings">As the next poll would read them.</param>
/// <param name="Ended">Lago subscriptions of the customer that are terminated, by Lago's id, with the instant (T7).</param>
internal sealed record BuyerLook(
    Guid BuyerId, string Name, BuyerLink? Link, IReadOnlyList<SubscriptionReading> Readings, IReadOnlyDictionary<string, DateTimeOffset> Ended);

/// <summary>What looking came to.</summary>
public abstract record LagoLookOutcome
{
    private LagoLookOutcome()
    {
    }

    public sealed record Ready(LagoLook Look) : LagoLookOutcome;

    /// <summary>No integration of the scope could be read.</summary>
    public sealed record Failed(string Sentence) : LagoLookOutcome;
}
