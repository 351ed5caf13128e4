namespace LagoConsole.Core.Polling;

/// <summary>What a reading did to the books.</summary>
/// <param name="Dropped">It began before what is stored, or its period is closed: nothing of it was used (R2).</param>
/// <param name="HeldCodes">Metrics whose key is held: nothing of them flows until the hold ends.</param>
public sealed record ReadingOutcome(
    Guid? PeriodId, bool Dropped, int Snapshots, int Increments, long IncreaseMinor, IReadOnlyList<string> HeldCodes)
{
    /// <summary>A dropped reading of a clock that was set back: until when what is stored lies ahead of it.</summary>
    public DateTimeOffset? StoredAheadUntil { get; init; }

    /// <summary>A dropped reading of a period that is closed, or has ended with its subscription: its close decides what there is.</summary>
    public bool IsOver { get; init; }

    /// <summary>Lago moved the borders of an open period: its marks went on (T27), and a person should look.</summary>
    public bool PeriodSlid { get; init; }

    /// <summary>Some key starts from an older subscription that is not closed yet.</summary>
    public bool AwaitsOlder { get; init; }

    public static ReadingOutcome NotUsed { get; } = new(null, true, 0, 0, 0, []);
}
