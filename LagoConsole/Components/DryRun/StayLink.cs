using LagoConsole.Core.DryRun;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Components.DryRun;

/// <summary>Where a person mends what keeps money from flowing.</summary>
internal sealed record StayLink(string Text, string Href)
{
    /// <summary>Null where time mends it, or nothing is to be mended.</summary>
    public static StayLink? Of(DryRunStay stay) => stay.Reason switch
    {
        StayReason.Waits { Reason: WaitReason.NoConversion or WaitReason.ForeignCurrency } => new StayLink("Products", "/products"),
        StayReason.Waits { Reason: WaitReason.AutoReportOff } => new StayLink("Integrations", "/integrations"),
        StayReason.Waits => new StayLink("The buyer", $"/buyers/{stay.BuyerId}"),
        StayReason.OnMeter { Reason: AllocationWait.OutcomeUnknown or AllocationWait.Blocked } => new StayLink("Records", "/records"),
        StayReason.OnMeter { Reason: AllocationWait.NoPrice } => new StayLink("The product", $"/products/{stay.ProductId}"),
        StayReason.OnMeter { Reason: AllocationWait.EntitlementNotActive } => new StayLink("The buyer", $"/buyers/{stay.BuyerId}"),
        _ when stay.MarkId is { } mark => new StayLink("Its usage", $"/usage/{mark}"),
        _ => null,
    };
}
