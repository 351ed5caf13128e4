using LagoConsole.Core.HighWater;

namespace LagoConsole.Core.Buyers;

/// <summary>Why money waits and what makes it flow on, for people (R6). Pure.</summary>
public static class WaitReasonTexts
{
    /// <summary>Completes <i>12.30 USD of api_calls waits: …</i></summary>
    public static string Sentence(this WaitReason reason) => reason switch
    {
        WaitReason.NoConversion => "no product that this buyer bought converts the metric. Add a conversion on the product's page.",
        WaitReason.NoEntitlement => "this buyer has bought nothing here. Enter its entitlement.",
        WaitReason.EntitlementNotActive => "no entitlement that fits is active. Set one to ACTIVE when the marketplace says so.",
        WaitReason.EntitlementStartsLater => "it was counted before the entitlement starts. Give the entitlement an earlier start if the purchase covers it.",
        WaitReason.SeveralEntitlements => "several entitlements fit, and the console does not guess. End the one that is not meant.",
        WaitReason.ForeignCurrency => "no dimension that the metric goes to has this currency, and money is never exchanged. Convert the metric to a dimension in this currency.",
        WaitReason.AutoReportOff => "auto report is off. Switch on Enable Auto Report Usage on the integration.",
        WaitReason.LinkRemoved => "the Lago Customer ID was removed while this money was on its way. Put it back, or write the money off.",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason."),
    };
}
