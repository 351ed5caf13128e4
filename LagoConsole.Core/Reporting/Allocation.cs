namespace LagoConsole.Core.Reporting;

/// <summary>Why a meter makes no record now.</summary>
public enum AllocationWait
{
    /// <summary>Less than the price of one unit is open; it stays as money.</summary>
    LessThanOneUnit = 1,

    /// <summary>The hour just closed was used already, or the entitlement began in the hour that is still running.</summary>
    NextHour = 2,

    /// <summary>The outcome of an earlier record is unknown: a second one could bill its money again (R12).</summary>
    OutcomeUnknown = 3,

    /// <summary>An earlier record was refused for a reason that a person must mend.</summary>
    Blocked = 4,

    /// <summary>The entitlement is suspended, not started, or drained.</summary>
    EntitlementNotActive = 5,

    /// <summary>No price was in force at the slot hour.</summary>
    NoPrice = 6,

    /// <summary>The entitlement has ended: what is left goes into one last record, after one more poll (R18).</summary>
    LastHour = 7,
}

/// <summary>What becomes of a meter's open money now.</summary>
public abstract record Allocation
{
    private Allocation()
    {
    }

    public sealed record Waits(AllocationWait Reason) : Allocation;

    /// <summary>A record to store.</summary>
    /// <param name="Timestamp">The instant to send: the slot hour, or the entitlement's start if that lies inside it.</param>
    /// <param name="RemainderBeforeMinor">What earlier records had left of increments they used.</param>
    /// <param name="OpenBeforeMinor">All money that was open.</param>
    /// <param name="RemainderAfterMinor">Open before − quantity × price.</param>
    /// <param name="Parts">Money taken per increment, first in, first out (R11); their sum is quantity × price.</param>
    public sealed record Made(
        DateTimeOffset SlotHour, DateTimeOffset Timestamp, long Quantity, decimal UnitPriceMinor,
        decimal RemainderBeforeMinor, decimal OpenBeforeMinor, decimal RemainderAfterMinor,
        IReadOnlyList<AllocatedPart> Parts) : Allocation;
}

/// <summary>Money of one increment in a record.</summary>
public sealed record AllocatedPart(Guid IncrementId, decimal AmountMinor);

/// <summary>Open money of one increment on a meter.</summary>
/// <param name="PartlyRecorded">An earlier record holds some of it: what is left is a remainder.</param>
public sealed record OpenMoney(Guid IncrementId, decimal OpenMinor, bool PartlyRecorded);
