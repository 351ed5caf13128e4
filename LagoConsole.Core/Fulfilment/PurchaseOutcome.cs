namespace LagoConsole.Core.Fulfilment;

/// <summary>What became of a reading.</summary>
public abstract record PurchaseOutcome
{
    private PurchaseOutcome()
    {
    }

    /// <summary>What was done, or why nothing was.</summary>
    public required string Sentence { get; init; }

    public Guid? BuyerId { get; init; }

    /// <summary>The console did not have the purchase.</summary>
    public sealed record Entered : PurchaseOutcome;

    public sealed record Changed : PurchaseOutcome;

    public sealed record Unchanged : PurchaseOutcome;

    /// <summary>Nothing was stored; the sentence says what to mend.</summary>
    public sealed record NeedsPerson : PurchaseOutcome;
}
