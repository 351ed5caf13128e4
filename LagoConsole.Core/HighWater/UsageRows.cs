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
}

/// <param name="Search">Part of the buyer's name, the subscription's external id or the metric's code.</param>
public sealed record UsageFilter(string? Search = null, UsageView View = UsageView.All);

/// <summary>One key: a metric of one subscription in one billing period. Amounts in minor units.</summary>
/// <param name="WaitingMinor">Growth that is on no meter, with a reason.</param>
/// <param name="OpenMinor">Growth on its meter that is on no record yet.</param>
/// <param name="ReportAtCloseOnly">A projected total: reported when the period has closed (R8).</param>
public sealed record UsageKeyRow(
    Guid MarkId, Guid BuyerId, string BuyerName, string SubscriptionExternalId, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd,
    BillingPeriodState PeriodState, string MetricCode, string Currency, long LastTotalMinor, DateTimeOffset LastTotalAt, long MarkMinor, long BaselineMinor,
    bool ReportAtCloseOnly, decimal WaitingMinor, decimal OpenMinor)
{
    /// <summary>How far Lago's total is below its mark: growth up to the mark was counted already.</summary>
    public long MissingMinor => Math.Max(0, MarkMinor - LastTotalMinor);

    public bool IsSuspended => MissingMinor > 0;
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
