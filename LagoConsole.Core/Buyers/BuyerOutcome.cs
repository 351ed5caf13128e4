namespace LagoConsole.Core.Buyers;

/// <summary>What a change of a buyer or an entitlement came to.</summary>
public abstract record BuyerOutcome
{
    private BuyerOutcome()
    {
    }

    /// <param name="Id">Of the buyer or entitlement.</param>
    /// <param name="Sentence">What it means for the money.</param>
    public sealed record Saved(Guid Id, string Sentence) : BuyerOutcome;

    /// <summary>Nothing was stored.</summary>
    /// <param name="Problems">A sentence for each field that is wrong.</param>
    public sealed record Refused(IReadOnlyDictionary<BuyerField, string> Problems) : BuyerOutcome
    {
        public Refused(BuyerField field, string sentence)
            : this(new Dictionary<BuyerField, string> { [field] = sentence })
        {
        }
    }

    /// <summary>
    /// The purchase ends while auto report is off: money on it would not be reported in time by itself (R18). Nothing was
    /// stored; the same edit with a choice is.
    /// </summary>
    public sealed record AsksAboutMoney(IReadOnlyList<Polling.OpenMoneyLine> Lines) : BuyerOutcome;

    /// <summary>Somebody else, or a job, changed it first. Nothing was stored.</summary>
    public sealed record ChangedMeanwhile(string Sentence) : BuyerOutcome;
}
