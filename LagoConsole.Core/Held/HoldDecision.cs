using LagoConsole.Core.HighWater;

namespace LagoConsole.Core.Held;

/// <summary>A person's word on a key whose growth is held.</summary>
/// <param name="Stamp"><see cref="HeldKey.Stamp"/> of what the person saw: the decision holds for that only.</param>
/// <param name="BilledAlreadyMinor">
/// What of it is billed already, in minor units: since the backup (R20), in the old currency (T30), or under the older
/// subscription (T7, T9). 0 where the books know everything.
/// </param>
/// <param name="UpToMinor">The total up to which it is billed; what Lago shows above it is refused (R15).</param>
/// <param name="Note">How they know; obligatory.</param>
public sealed record HoldDecision(Guid MarkId, string Stamp, long BilledAlreadyMinor, long UpToMinor, string? Note);

/// <summary>A held key's amounts, in minor units.</summary>
/// <param name="OpenMinor">Open money of the key that waits for the same decision (R20); 0 for other holds.</param>
public sealed record HeldAmounts(HoldReason? Reason, long BaselineMinor, long MarkMinor, long HeldMinor, long RefusedMinor, decimal OpenMinor)
{
    /// <summary>The total up to which it can be billed: the mark and what is held.</summary>
    public long SeenMinor => checked(MarkMinor + HeldMinor);

    /// <summary>Whether a person may have to say what of it is billed already: where the books cannot know it.</summary>
    public bool MayBeBilledAlready => Reason is HoldReason.Restored or HoldReason.PayInAdvanceUnknown
        || (Reason is HoldReason.Currency or HoldReason.Overlap or HoldReason.Upgrade && MarkMinor == BaselineMinor);

    /// <summary>The period is not closed, and the key is billed at its close only (R8).</summary>
    public bool IsAtCloseOnly { get; init; }

    /// <summary>
    /// What is held is a projection of what the close will tell: a person says only what of it was billed already, and nothing of it
    /// is billed or refused now. A share of a projection, where no final comes or its purchase ends, is decided as such.
    /// </summary>
    public bool IsLeftToClose => IsAtCloseOnly && Reason is HoldReason.Restored or HoldReason.Currency or HoldReason.Overlap or HoldReason.Upgrade;

    /// <summary>Whether more than Lago shows may be billed: its final invoice does not carry the part paid in advance.</summary>
    public bool MayExceedSeen => Reason is HoldReason.PayInAdvanceUnknown;

    public static HeldAmounts Of(HighWaterMark mark, decimal openMinor, bool isAtCloseOnly) =>
        new(mark.Hold, mark.BaselineMinor, mark.AmountMinor, mark.HeldMinor, mark.RefusedMinor, openMinor) { IsAtCloseOnly = isAtCloseOnly };
}

/// <summary>What a decision makes of a held key.</summary>
/// <param name="BaselineMinor">The key's new start, where it had no increment yet.</param>
/// <param name="NewMarkMinor">The mark afterwards: growth from the (new) baseline or old mark up to it is one increment.</param>
/// <param name="RefusedMinor">What stays refused on the key (R15).</param>
/// <param name="BilledBeforeMinor">
/// What of the key's open and new money is booked as billed before the restore (R20). Where more was billed than the key has,
/// all of it and what the mark rises by: up to one minor unit more than was entered, never less.
/// </param>
public sealed record HoldVerdict(long BaselineMinor, long NewMarkMinor, long RefusedMinor, decimal BilledBeforeMinor)
{
    /// <summary>What flows on by it: the increment, and what waited for the same decision, less what is booked as billed.</summary>
    public decimal FlowsMinor(HeldAmounts held) =>
        held.OpenMinor + NewMarkMinor - Math.Max(held.MarkMinor, BaselineMinor) - BilledBeforeMinor;
}

/// <summary>Works out what a decision makes of a held key. Pure.</summary>
public static class HoldRule
{
    /// <summary>Null and a sentence where the amounts cannot be.</summary>
    /// <param name="upToMinor">Not looked at where the rest is left to the close.</param>
    public static (HoldVerdict? Verdict, string? Problem) Decide(HeldAmounts held, long billedAlreadyMinor, long upToMinor)
    {
        if (held.IsLeftToClose)
        {
            upToMinor = held.MarkMinor;
        }

        if (upToMinor < held.MarkMinor)
        {
            return (null, "What was counted before cannot be taken back here: bill up to at least the mark.");
        }

        if (upToMinor > held.SeenMinor && !held.MayExceedSeen)
        {
            return (null, "More than Lago shows cannot be billed: bill up to at most the total that Lago shows.");
        }

        if (billedAlreadyMinor < 0)
        {
            return (null, "What is billed already cannot be below zero.");
        }

        long refused = held.IsLeftToClose ? held.RefusedMinor : checked(held.RefusedMinor + Math.Max(0, held.SeenMinor - upToMinor));
        switch (held.Reason)
        {
            case HoldReason.Restored or HoldReason.PayInAdvanceUnknown:
                // Lago may have fallen since the lost records were made, or the key was not read again yet: then more was billed
                // than the books and Lago have now, and the mark rises with it, or that growth would be billed once more.
                decimal beyond = Math.Max(0, billedAlreadyMinor - held.OpenMinor - (upToMinor - held.MarkMinor));
                long raised = checked(upToMinor + (long)decimal.Ceiling(beyond));
                decimal booked = raised > upToMinor ? held.OpenMinor + (raised - held.MarkMinor) : billedAlreadyMinor;
                return (new HoldVerdict(held.BaselineMinor, raised, refused, booked), null);

            case HoldReason.Currency or HoldReason.Overlap or HoldReason.Upgrade when held.MayBeBilledAlready:
                long baseline = checked(held.BaselineMinor + billedAlreadyMinor);
                return held.IsLeftToClose ? (new HoldVerdict(baseline, baseline, refused, 0), null)
                    : baseline > upToMinor ? (null, "More is said to be billed already than is to be billed in all.")
                    : (new HoldVerdict(baseline, upToMinor, refused, 0), null);

            case null:
                return (null, "Nothing of it is held any more.");

            default:
                return billedAlreadyMinor > 0
                    ? (null, "The books know what of this key is billed: enter nothing as billed already, and bill up to less instead.")
                    : (new HoldVerdict(held.BaselineMinor, upToMinor, refused, 0), null);
        }
    }
}
