using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Core.HighWater;

/// <summary>Which keys a person wants to see.</summary>
public enum UsageView
{
    All = 1,

    /// <summary>Money waits for a reason that a person can take away.</summary>
    Waiting = 2,

    /// <summary>The total fell below the mark: reporting rests until it has climbed back.</summary>
    Suspended = 3,

    /// <summary>Its growth is held until a person decides, or what is awaited comes.</summary>
    Held = 4,

    /// <summary>Lago's final total is below what was counted (R19).</summary>
    AboveFinal = 5,
}

/// <param name="Search">Part of the buyer's name, the subscription's external id or the metric's code.</param>
public sealed record UsageFilter(string? Search = null, UsageView View = UsageView.All);

/// <summary>One key: a metric of one subscription in one billing period. Amounts in minor units.</summary>
/// <param name="WaitingMinor">Growth that is on no meter, with a reason.</param>
/// <param name="OpenMinor">Growth on its meter that is on no record yet.</param>
/// <param name="ReportAtCloseOnly">Reported when the period is closed: its running total is a projection, or a person chose so (R8).</param>
public sealed record UsageKeyRow(
    Guid MarkId, Guid BuyerId, string BuyerName, string SubscriptionExternalId, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd,
    BillingPeriodState PeriodState, string MetricCode, string Currency, long LastTotalMinor, DateTimeOffset LastTotalAt, long MarkMinor, long BaselineMinor,
    bool ReportAtCloseOnly, decimal WaitingMinor, decimal OpenMinor)
{
    /// <summary>Longer than a month: a suspension can then last for months (T28).</summary>
    private static readonly TimeSpan LongPeriod = TimeSpan.FromDays(35);

    /// <summary>Why its growth is held; null when it is not.</summary>
    public HoldReason? Hold { get; init; }

    /// <summary>What a held key shows above its mark.</summary>
    public long HeldMinor { get; init; }

    /// <summary>What a person refused of a jump: the total counts that much less (R15).</summary>
    public long RefusedMinor { get; init; }

    /// <summary>What was billed above Lago's final total (R19); 0 while the period is not closed by an invoice.</summary>
    public decimal AboveFinalMinor { get; init; }

    /// <summary>Lago's final total is lower because the units went on in the subscription that an upgrade made (T7).</summary>
    public bool WentOn { get; init; }

    /// <summary>The customer has coupons in Lago: the marketplace bills gross.</summary>
    public bool HasCoupons { get; init; }

    /// <summary>What coupons took off Lago's final invoice of the period; null while there is none.</summary>
    public long? CouponsMinor { get; init; }

    /// <summary>The total above which the key grows again.</summary>
    public long ResumesAboveMinor => checked(MarkMinor + RefusedMinor);

    /// <summary>How far Lago's total is below that: growth up to there was counted, or refused, already.</summary>
    public long MissingMinor => Math.Max(0, ResumesAboveMinor - LastTotalMinor);

    /// <summary>Lago still counts into it, and reporting rests until the total has climbed back.</summary>
    public bool IsSuspended => MissingMinor > 0 && PeriodState == BillingPeriodState.Open && Hold is null;

    public bool IsLongPeriod => PeriodEnd - PeriodStart > LongPeriod;
}

/// <param name="Total">Rows of all pages.</param>
public sealed record UsageKeyList(IReadOnlyList<UsageKeyRow> Rows, int Total);

/// <summary>One moment in the life of a key: what Lago showed, the mark as it then stood, and what grew.</summary>
/// <param name="TotalMinor">Null where the snapshot is gone with its integration and only the growth is kept.</param>
/// <param name="MarkMinor">After this moment.</param>
public sealed record UsageMoment(
    DateTimeOffset At, SnapshotSource Source, long? TotalMinor, long MarkMinor, IncrementFate? Increment)
{
    public bool IsBelowMark => TotalMinor < MarkMinor;
}

/// <summary>What grew, and where its money is: on records, waived, or open (waiting, or on its meter).</summary>
/// <param name="WaitReason">Null unless it waits.</param>
/// <param name="Released">It is in a group: the next record of its meter takes it.</param>
/// <param name="MeterWait">Why its meter makes no record now; null when the next run makes one, or it is not released.</param>
public sealed record IncrementFate(
    Guid Id, long AmountMinor, decimal OpenMinor, decimal WaivedMinor, WaitReason? WaitReason, DateTimeOffset? WaitingSince,
    bool OnMeter, bool Released, Guid? GroupId, IReadOnlyList<IncrementRecord> Records, AllocationWait? MeterWait = null);

/// <summary>A record that holds some of an increment's money, or did before it was void.</summary>
public sealed record IncrementRecord(Guid RecordId, DateTimeOffset SlotHour, UsageRecordState State, decimal AmountMinor);

/// <param name="Total">Moments of all pages.</param>
public sealed record UsageHistory(UsageKeyRow Key, IReadOnlyList<UsageMoment> Moments, int Total);
