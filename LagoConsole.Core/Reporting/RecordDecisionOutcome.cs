namespace LagoConsole.Core.Reporting;

/// <summary>A person's word on whether a record was billed.</summary>
/// <param name="SeenVersion">Of the record that the person looked at; the decision holds for that one only.</param>
/// <param name="Note">How they know; 1 to <see cref="RecordDecisions.MaxNoteLength"/> characters.</param>
public sealed record SettleRecord(Guid RecordId, int SeenVersion, bool Billed, string? Note);

/// <summary>What became of a decision.</summary>
public abstract record RecordDecisionOutcome
{
    private RecordDecisionOutcome()
    {
    }

    /// <param name="Sentence">What it means for the money.</param>
    public sealed record Decided(string Sentence) : RecordDecisionOutcome;

    /// <summary>A field error of the note. Nothing was changed.</summary>
    public sealed record NoteInvalid(string Sentence) : RecordDecisionOutcome;

    /// <summary>The record is not in a state in which this may be decided. Nothing was changed.</summary>
    public sealed record NotOpen(string Sentence) : RecordDecisionOutcome;

    /// <summary>The record is not as it was when the person decided. Nothing was changed.</summary>
    public sealed record ChangedMeanwhile(string Sentence) : RecordDecisionOutcome;

    /// <summary>There is no such record.</summary>
    public sealed record NotFound(string Sentence) : RecordDecisionOutcome;
}
