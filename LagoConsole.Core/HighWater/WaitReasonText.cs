namespace LagoConsole.Core.HighWater;

/// <summary>Why money waits, and what lets it flow on, in sentences (R6). Pure.</summary>
public static class WaitReasonText
{
    public static string Label(this WaitReason reason) => reason switch
    {
        WaitReason.NoConversion => "no conversion",
        WaitReason.NoEntitlement => "no entitlement",
        WaitReason.EntitlementNotActive => "entitlement not active",
        WaitReason.EntitlementStartsLater => "entitlement starts later",
        WaitReason.SeveralEntitlements => "several entitlements fit",
        WaitReason.ForeignCurrency => "foreign currency",
        WaitReason.AutoReportOff => "auto report off",
        WaitReason.LinkRemoved => "link removed",
        WaitReason.EntitlementEnded => "entitlement ended",
        WaitReason.Restored => "restored",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason."),
    };

    public static string Sentence(this WaitReason reason) => reason switch
    {
        WaitReason.NoConversion => "No conversion: the buyer's product does not say which dimension this metric feeds. Add the conversion under Products.",
        WaitReason.NoEntitlement => "No entitlement: the buyer has bought nothing that this money could be billed on. Add the entitlement under Buyers.",
        WaitReason.EntitlementNotActive => "The entitlement that fits, or that its subscription is routed to, is not active. It flows on when that is set to ACTIVE, or when you choose another.",
        WaitReason.EntitlementStartsLater => "The entitlement starts after this usage was seen: it is not billed on it by itself. Send it there, or give the entitlement an earlier start, if the purchase covers it.",
        WaitReason.SeveralEntitlements => "Several entitlements fit, and the console does not guess. Route the subscription to the one it is billed on, or send this money alone.",
        WaitReason.ForeignCurrency => "Lago's currency is not the dimension's. Currencies are never converted: use a dimension of this currency.",
        WaitReason.AutoReportOff => "Auto report was off when it was found. Turn on Enable Auto Report Usage and choose to report it, or report this alone.",
        WaitReason.LinkRemoved => "The buyer's Lago Customer ID was removed before this usage was found. Report it, or write it off.",
        WaitReason.EntitlementEnded => "The entitlement it was on has ended, and the marketplace takes nothing more for it. Send it to another entitlement of the buyer, or write it off.",
        WaitReason.Restored => "The books were restored from a backup: this may have been billed since. Enter what was billed, and what else there is goes its usual way.",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason."),
    };
}
