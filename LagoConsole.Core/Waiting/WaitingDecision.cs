namespace LagoConsole.Core.Waiting;

/// <summary>The waiting money that a person decided over, as they saw it.</summary>
/// <param name="Stamp"><see cref="WaitingRow.Stamp"/>: the decision holds for what it names only.</param>
public sealed record WaitingDecision(WaitingKey Key, string Stamp);

/// <summary>What became of a decision over waiting money.</summary>
public abstract record WaitingOutcome
{
    private WaitingOutcome()
    {
    }

    /// <param name="Sentence">What it means for the money.</param>
    public sealed record Decided(string Sentence) : WaitingOutcome;

    /// <summary>It cannot be, or its reason is missing. Nothing was changed.</summary>
    public sealed record Refused(string Sentence) : WaitingOutcome;

    /// <summary>The money is not as it was when the person decided. Nothing was changed.</summary>
    public sealed record ChangedMeanwhile(string Sentence) : WaitingOutcome;
}
