namespace LagoConsole.Core.Reconciliation;

/// <summary>What came of comparing with Azure.</summary>
public abstract record ReconcileOutcome
{
    private ReconcileOutcome()
    {
    }

    /// <summary>Nothing was reported to Azure in the days that are compared, or all of it was compared a short while ago.</summary>
    public sealed record NothingToRead : ReconcileOutcome;

    /// <summary>Azure could not be read; nothing was stored and nothing concluded.</summary>
    /// <param name="Sentence">What happened and what to do.</param>
    public sealed record NotRead(string Sentence) : ReconcileOutcome;

    /// <summary>Azure was read.</summary>
    /// <param name="Totals">Day totals that were compared.</param>
    /// <param name="Settled">What they proved.</param>
    /// <param name="Failures">Products that could not be read, and purchases that could not be stored; the others were.</param>
    public sealed record Done(int Totals, ReadSettlement Settled, IReadOnlyList<string> Failures) : ReconcileOutcome
    {
        public static Done operator +(Done left, Done right) =>
            new(left.Totals + right.Totals, left.Settled + right.Settled, [.. left.Failures, .. right.Failures]);
    }
}

/// <summary>What a read proved of records whose outcome was unknown.</summary>
/// <param name="Open">Nothing yet.</param>
public sealed record ReadSettlement(int Billed, int NotBilled, int Open)
{
    /// <summary>Records that had been taken for not billed and are proven billed: their money may be billed twice.</summary>
    public int BilledAfterAll { get; init; }

    public static ReadSettlement None { get; } = new(0, 0, 0);

    public static ReadSettlement operator +(ReadSettlement left, ReadSettlement right) =>
        new(left.Billed + right.Billed, left.NotBilled + right.NotBilled, left.Open + right.Open) { BilledAfterAll = left.BilledAfterAll + right.BilledAfterAll };
}
