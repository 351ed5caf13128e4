using LagoConsole.Core.HighWater;

namespace LagoConsole.Core.Held;

/// <summary>Why growth is held and what ends it, in sentences. Pure.</summary>
public static class HoldReasonText
{
    public static string Label(this HoldReason reason) => reason switch
    {
        HoldReason.Jump => "Jump",
        HoldReason.Restored => "Restored",
        HoldReason.Overlap => "Subscription created anew",
        HoldReason.Upgrade => "Upgraded subscription",
        HoldReason.Currency => "Currency changed",
        HoldReason.NoFinal => "No final total",
        HoldReason.PayInAdvanceUnknown => "Paid in advance, not seen",
        HoldReason.EntitlementEnding => "Purchase ends",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason."),
    };

    public static string Sentence(this HoldReason reason) => reason switch
    {
        HoldReason.Jump => "It grew far above what it usually shows. Nothing of the jump is billed before an administrator says up to which total; "
            + "if the usage is corrected in Lago, the held amount follows.",
        HoldReason.Restored => "The books were restored from a backup. What was billed since is not in them: look at the marketplace, enter what was billed, and what else there is goes its usual way.",
        HoldReason.Overlap => "The subscription was created anew over an older one's period, and Lago counts the older one's events again. "
            + "Where it covers all of the older one's time, it goes on by itself from what that one counted, when that is closed; "
            + "else look in Lago which of those events it counts again, and enter what of it is billed already.",
        HoldReason.Upgrade => "The subscription was upgraded, and Lago counts this metric's units again. It goes on by itself, from what the "
            + "replaced subscription counted, when that is closed.",
        HoldReason.Currency => "Lago counts it in another currency than before, usage already billed included. Enter what of it is billed already, in the new currency.",
        HoldReason.NoFinal => "Only projections were seen, and no final total will come. The share of the period that had passed is offered; an administrator decides.",
        HoldReason.PayInAdvanceUnknown => "No poll saw this period, and part of it was charged in advance, which Lago's final invoice does not show. "
            + "Add that part from Lago's invoices, and bill up to the sum.",
        HoldReason.EntitlementEnding => "It shows a projection for the whole period, and the purchase it is billed on ends before the period does. The share of the "
            + "period that had passed is offered; what is approved before the last hour is still reported.",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason."),
    };
}
