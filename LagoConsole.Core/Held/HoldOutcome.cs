namespace LagoConsole.Core.Held;

/// <summary>What became of a decision over a held key.</summary>
public abstract record HoldOutcome
{
    private HoldOutcome()
    {
    }

    /// <param name="Sentence">What it means for the money.</param>
    public sealed record Decided(string Sentence) : HoldOutcome;

    /// <summary>The amounts cannot be, or the note is missing. Nothing was changed.</summary>
    public sealed record Refused(string Sentence) : HoldOutcome;

    /// <summary>The key is not as it was when the person decided. Nothing was changed.</summary>
    public sealed record ChangedMeanwhile(string Sentence) : HoldOutcome;
}

/// <summary>Which held keys a person wants to see.</summary>
/// <param name="Buyer">Part of the buyer's name.</param>
public sealed record HeldFilter(HighWater.HoldReason? Reason = null, string? Buyer = null);

/// <summary>A key whose growth is held, as a person sees it.</summary>
/// <param name="Deadline">Until when what is decided can still be billed; null where none runs.</param>
/// <param name="OpenMinor">Money counted before that waits for the same decision (R20); 0 for other holds.</param>
/// <param name="Stamp">Names exactly what is shown; a decision is refused when it no longer fits.</param>
public sealed record HeldKey(
    Guid MarkId, Guid BuyerId, string BuyerName, string SubscriptionExternalId, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd,
    string MetricCode, string Currency, HighWater.HoldReason Reason, DateTimeOffset Since, DateTimeOffset? Deadline,
    long BaselineMinor, long MarkMinor, long HeldMinor, long RefusedMinor, long LastTotalMinor, decimal OpenMinor, long? OfferMinor, string Stamp)
{
    /// <inheritdoc cref="HeldAmounts.IsAtCloseOnly"/>
    public bool IsAtCloseOnly { get; init; }

    public HeldAmounts Amounts => new(Reason, BaselineMinor, MarkMinor, HeldMinor, RefusedMinor, OpenMinor) { IsAtCloseOnly = IsAtCloseOnly };

    /// <inheritdoc cref="HeldAmounts.SeenMinor"/>
    public long SeenMinor => Amounts.SeenMinor;
}
