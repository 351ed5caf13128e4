namespace LagoConsole.Core.Reconciliation;

/// <summary>What Azure holds of one resource and dimension for one day.</summary>
/// <param name="Submitted">What was reported, in units.</param>
/// <param name="Processed">What of it Azure has taken over into billing.</param>
/// <param name="Events">How many events that are.</param>
/// <param name="Statuses">Azure's words for where they stand, in the order of the alphabet; empty where it has none.</param>
/// <remarks>
/// Plans are added up. Azure keeps one event for a resource, a dimension and an hour whatever its plan, and which plan an event is
/// listed under after the buyer has changed theirs is not documented: a total of one plan could miss an event that is there.
/// </remarks>
public sealed record DayTotal(decimal Submitted, decimal Processed, long Events, string Statuses)
{
    private const string Separator = ", ";
    private const string Accepted = "Accepted";
    private const string Waiting = "Submitted";

    /// <summary>Azure lists nothing for the day.</summary>
    public static DayTotal None { get; } = new(0, 0, 0, "");

    /// <summary>
    /// All of it is taken as it was reported, or waits to be. Otherwise (refused, a mismatch, a test, or a word of a newer Azure) what is
    /// listed is not what is billed, and nothing may be concluded from it.
    /// </summary>
    public bool IsPlain => Statuses switch
    {
        "" => true,
        Accepted => Processed == Submitted,
        Waiting or Accepted + Separator + Waiting => Processed <= Submitted,
        _ => false,
    };

    /// <param name="rows">All of one resource, dimension and day.</param>
    public static DayTotal Of(IReadOnlyCollection<UsageEventRow> rows) => rows.Count == 0 ? None : new DayTotal(
        rows.Sum(row => row.Submitted), rows.Sum(row => row.Processed), rows.Sum(row => row.Events),
        string.Join(Separator, rows.Select(row => row.Status).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)));
}
