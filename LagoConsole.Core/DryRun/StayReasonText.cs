using System.Globalization;
using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Core.DryRun;

/// <summary>Why money stays, in words: a few for a heading, and the sentences that other pages use too. Pure.</summary>
public static class StayReasonText
{
    public static string Label(this StayReason reason) => reason switch
    {
        StayReason.Waits { Reason: var wait } => wait.Label(),
        StayReason.Held { Reason: var hold } => $"held ({hold.Label()})",
        StayReason.OnMeter { Reason: var wait } => Label(wait),
        StayReason.NotReleased => "not released yet",
        StayReason.Projection => "a projection",
        StayReason.AtClose => "reported at period close",
        StayReason.PeriodEndsFirst => "its period ends first",
        StayReason.BelowMark => "below what was counted",
        StayReason.GivenUp => "given up",
        StayReason.BeforeStart => "before the start",
        _ => throw new System.Diagnostics.UnreachableException($"No label for {reason}."),
    };

    public static string Sentence(this StayReason reason) => reason switch
    {
        StayReason.Waits { Reason: var wait } => wait.Sentence(),
        StayReason.Held { Reason: var hold } => hold.Sentence(),
        StayReason.OnMeter { Reason: var wait } => wait.Sentence(),
        StayReason.NotReleased => "It is on its meter, and its own window is released later.",
        StayReason.Projection => "Lago shows a projection of the whole period, which can still fall. It is reported when the period is closed.",
        StayReason.AtClose => "Its conversion says: report at period close only. It comes with the period's final total.",
        StayReason.PeriodEndsFirst { PeriodEnd: var end } =>
            $"Its billing period ends at {end.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)}, before the next poll. It comes with the period's final total.",
        StayReason.BelowMark => "Lago's total is lower than what was counted before, by this much. It is billed no second time: growth counts again above the old total.",
        StayReason.GivenUp => "It is given up by this choice, and never billed.",
        StayReason.BeforeStart => "It was counted before the start, and is never billed here.",
        _ => throw new System.Diagnostics.UnreachableException($"No sentence for {reason}."),
    };

    private static string Label(AllocationWait reason) => reason switch
    {
        AllocationWait.LessThanOneUnit => "less than one unit",
        AllocationWait.NextHour => "the next hour",
        AllocationWait.OutcomeUnknown => "an earlier record has no answer yet",
        AllocationWait.Blocked => "an earlier record was refused",
        AllocationWait.EntitlementNotActive => "entitlement not active",
        AllocationWait.NoPrice => "no price",
        AllocationWait.LastHour => "the purchase's last record",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason."),
    };
}
