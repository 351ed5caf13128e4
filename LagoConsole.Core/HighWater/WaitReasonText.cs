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
        WaitReason.EntitlementNotActive => "The entitlement is not active. It flows on when the entitlement is set to ACTIVE, or another one that fits is.",
        WaitReason.EntitlementStartsLater => "The entitlement starts after this usage was seen: it is not billed on it. Give the entitlement an earlier start if the purchase covers it.",
        WaitReason.SeveralEntitlements => "Several entitlements fit, and the console does not guess. End the one that is not meant.",
        WaitReason.ForeignCurrency => "Lago's currency is not the dimension's. Currencies are never converted: use a dimension of this currency.",
        WaitReason.AutoReportOff => "Auto report is off. Turn on Enable Auto Report Usage and choose to report it.",
        WaitReason.LinkRemoved => "The buyer's Lago Customer ID was removed before this usage was found. A person decides what becomes of it.",
        WaitReason.EntitlementEnded => "The entitlement it was on has ended, and the marketplace takes nothing more for it. Send it to another entitlement of the buyer, or write it off.",
        WaitReason.Restored => "The books were restored from a backup: this may have been billed since. Enter what was billed, and the rest flows on.",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason."),
    };
}
