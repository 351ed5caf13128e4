namespace LagoConsole.Core.Reporting;

/// <summary>Why released money is on no record yet, and what lets it go (R6). Pure.</summary>
public static class AllocationWaitText
{
    public static string Sentence(this AllocationWait reason) => reason switch
    {
        AllocationWait.LessThanOneUnit => "It is worth less than one unit; it stays as money until more comes.",
        AllocationWait.NextHour => "The hour just closed has its record, or the entitlement had not begun; it goes with the next hour.",
        AllocationWait.OutcomeUnknown => "An earlier record of this dimension has no answer yet. Until it has, nothing more is sent: it could be billed twice.",
        AllocationWait.Blocked => "An earlier record of this dimension was refused. Mend what its sentence names under Records, then Send again.",
        AllocationWait.EntitlementNotActive => "The entitlement is not active. It goes when a person sets it to ACTIVE under Buyers.",
        AllocationWait.LastHour => "The purchase has ended. What is left goes into one last record for its last hour, shortly before the marketplace takes nothing more for it.",
        AllocationWait.NoPrice => "No unit price was in force at the hour. Set one under Products.",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason."),
    };
}
