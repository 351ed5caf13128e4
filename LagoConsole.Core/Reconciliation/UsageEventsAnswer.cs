namespace LagoConsole.Core.Reconciliation;

/// <summary>What came of asking Azure for its usage events.</summary>
public abstract record UsageEventsAnswer
{
    private UsageEventsAnswer()
    {
    }

    /// <summary>A whole answer, understood completely.</summary>
    public sealed record Read(IReadOnlyList<UsageEventRow> Rows) : UsageEventsAnswer;

    /// <summary>No answer, a refusal, or one that is not understood: it concludes nothing.</summary>
    /// <param name="Sentence">What happened and what to do.</param>
    public sealed record NotRead(string Sentence) : UsageEventsAnswer;
}

/// <summary>A row of Azure's answer: what it holds of one resource, dimension and plan for one day.</summary>
/// <param name="PlanId">Empty where Azure names none.</param>
/// <param name="OfferId">Empty where Azure names none.</param>
/// <param name="Day">Midnight, UTC.</param>
/// <param name="Submitted">What was reported, in units; 0 or more.</param>
/// <param name="Processed">What of it Azure has taken over into billing so far.</param>
/// <param name="Events">How many events that are.</param>
/// <param name="Status">Azure's <c>reconStatus</c>, also one that this console does not know.</param>
public sealed record UsageEventRow(
    Guid ResourceId, string Dimension, string PlanId, string OfferId, DateTimeOffset Day, decimal Submitted, decimal Processed, long Events, string Status);
