using LagoConsole.Core.HighWater;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Core.DryRun;

/// <summary>Why money that Lago counted would be on no record after the next window.</summary>
public abstract record StayReason
{
    private StayReason()
    {
    }

    /// <summary>Whether the money waits for something. If not, it is not to be billed, or was billed before.</summary>
    public virtual bool IsWaiting => true;

    /// <summary>It finds no meter (R6).</summary>
    public sealed record Waits(WaitReason Reason) : StayReason;

    /// <summary>Its key is held (R15, R20).</summary>
    public sealed record Held(HoldReason Reason) : StayReason;

    /// <summary>It is released on its meter, and the meter makes no record of it.</summary>
    public sealed record OnMeter(AllocationWait Reason) : StayReason;

    /// <summary>It is on its meter, and the window that releases it comes later.</summary>
    public sealed record NotReleased : StayReason;

    /// <summary>A projection: reported when its period is closed (R8).</summary>
    public sealed record Projection : StayReason;

    /// <summary>A person chose that its metric is reported when the period is closed (R8).</summary>
    public sealed record AtClose : StayReason;

    /// <summary>Its period ends before the next poll: it comes with the period's final total (R4).</summary>
    public sealed record PeriodEndsFirst(DateTimeOffset PeriodEnd) : StayReason;

    /// <summary>Lago's total is below what was counted before; the amount is what is missing (R2).</summary>
    public sealed record BelowMark : StayReason
    {
        public override bool IsWaiting => false;
    }

    /// <summary>The change gives it up: it is written as waived (R16).</summary>
    public sealed record GivenUp : StayReason
    {
        public override bool IsWaiting => false;
    }

    /// <summary>It was counted before the key's start: billed elsewhere, or under an older subscription (R7, T7, T9).</summary>
    public sealed record BeforeStart : StayReason
    {
        public override bool IsWaiting => false;
    }
}
