using LagoConsole.Core.HighWater;
using LagoConsole.Core.Security;

namespace LagoConsole.Core.Waiting;

/// <summary>What resolves waiting or held money: a closed set, each with its button.</summary>
public enum WaitingRemedy
{
    AddConversion = 1,
    AddDimension = 2,
    AddEntitlement = 3,

    /// <summary>Its state, start or end.</summary>
    EditEntitlement = 4,

    TurnAutoReportOn = 5,

    /// <summary>A person says which entitlement a Lago subscription is billed on, from now on (R6).</summary>
    Route = 6,

    /// <summary>A person says which entitlement this money is billed on, and no other (R6, R18).</summary>
    Send = 7,

    ReportIt = 8,

    /// <summary>A person decides over what is held, in numbers (R8, R15, R20, T30).</summary>
    Decide = 9,

    /// <summary>A person gives it up, with a reason.</summary>
    WriteOff = 10,
}

/// <summary>What resolves each reason, the advised first. Pure.</summary>
public static class WaitingRemedies
{
    public static IReadOnlyList<WaitingRemedy> Of(WaitReason reason) => reason switch
    {
        WaitReason.NoConversion => [WaitingRemedy.AddConversion, WaitingRemedy.WriteOff],
        WaitReason.NoEntitlement => [WaitingRemedy.AddEntitlement, WaitingRemedy.WriteOff],
        WaitReason.EntitlementNotActive => [WaitingRemedy.EditEntitlement, WaitingRemedy.Route, WaitingRemedy.Send, WaitingRemedy.WriteOff],
        WaitReason.EntitlementStartsLater => [WaitingRemedy.Send, WaitingRemedy.EditEntitlement, WaitingRemedy.WriteOff],
        WaitReason.SeveralEntitlements => [WaitingRemedy.Route, WaitingRemedy.Send, WaitingRemedy.WriteOff],
        WaitReason.ForeignCurrency => [WaitingRemedy.AddDimension, WaitingRemedy.WriteOff],
        WaitReason.AutoReportOff => [WaitingRemedy.TurnAutoReportOn, WaitingRemedy.ReportIt, WaitingRemedy.WriteOff],
        WaitReason.LinkRemoved => [WaitingRemedy.ReportIt, WaitingRemedy.WriteOff],
        WaitReason.EntitlementEnded => [WaitingRemedy.Send, WaitingRemedy.AddEntitlement, WaitingRemedy.WriteOff],
        WaitReason.Restored => [WaitingRemedy.Decide], // giving it up is one of the decisions over its key
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason."),
    };

    public static IReadOnlyList<WaitingRemedy> Of(HoldReason reason) => reason switch
    {
        HoldReason.Jump or HoldReason.Restored or HoldReason.Currency or HoldReason.NoFinal or HoldReason.PayInAdvanceUnknown
            or HoldReason.EntitlementEnding or HoldReason.Overlap or HoldReason.Upgrade => [WaitingRemedy.Decide],
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason."),
    };

    /// <summary>The words on the button.</summary>
    public static string Label(this WaitingRemedy remedy) => remedy switch
    {
        WaitingRemedy.AddConversion => "Add conversion",
        WaitingRemedy.AddDimension => "Add dimension",
        WaitingRemedy.AddEntitlement => "Add entitlement",
        WaitingRemedy.EditEntitlement => "Edit entitlement",
        WaitingRemedy.TurnAutoReportOn => "Turn auto report on",
        WaitingRemedy.Route => "Route",
        WaitingRemedy.Send => "Send",
        WaitingRemedy.ReportIt => "Report it",
        WaitingRemedy.Decide => "Decide",
        WaitingRemedy.WriteOff => "Write off",
        _ => throw new ArgumentOutOfRangeException(nameof(remedy), remedy, "Not a remedy."),
    };

    /// <summary>Whose it is.</summary>
    public static Role Role(this WaitingRemedy remedy) => remedy switch
    {
        WaitingRemedy.TurnAutoReportOn or WaitingRemedy.Decide or WaitingRemedy.WriteOff => Security.Role.Admin,
        WaitingRemedy.AddConversion or WaitingRemedy.AddDimension or WaitingRemedy.AddEntitlement or WaitingRemedy.EditEntitlement
            or WaitingRemedy.Route or WaitingRemedy.Send or WaitingRemedy.ReportIt => Security.Role.Operator,
        _ => throw new ArgumentOutOfRangeException(nameof(remedy), remedy, "Not a remedy."),
    };
}
