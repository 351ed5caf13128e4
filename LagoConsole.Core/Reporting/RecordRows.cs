using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;

namespace LagoConsole.Core.Reporting;

/// <summary>Which records or groups are wanted. Everything given must hold.</summary>
/// <param name="Search">Part of the buyer's, product's or dimension's name.</param>
/// <param name="From">Slot hour, or window start, from here on.</param>
/// <param name="Until">And before this.</param>
public sealed record RecordFilter(
    string? Search = null, UsageRecordState? State = null, bool NeedsPerson = false, DateTimeOffset? From = null, DateTimeOffset? Until = null);

/// <summary>Which groups are wanted.</summary>
public sealed record GroupFilter(
    string? Search = null, UsageRecordGroupStatus? Status = null, DateTimeOffset? From = null, DateTimeOffset? Until = null);

/// <summary>One record in a list.</summary>
public sealed record RecordRow(
    Guid Id, Guid BuyerId, string BuyerName, string ProductName, Marketplace Marketplace, string DimensionKey,
    DateTimeOffset SlotHour, long Quantity, decimal UnitPriceMinor, string Currency, UsageRecordState State, bool Assumed, string? ErrorMessage)
{
    public decimal AmountMinor => Quantity * UnitPriceMinor;
}

/// <summary>What the records of a filter come to in one currency, minor units. Void records hold no money and are left out.</summary>
/// <param name="BilledUnits">Units of accepted records; of several dimensions they only count, they do not compare.</param>
/// <param name="BilledMinor">Confirmed by the marketplace, or by a person who looked it up there.</param>
/// <param name="AssumedMinor">Accepted by inference (R13), not in <paramref name="BilledMinor"/>.</param>
/// <param name="OnTheWayMinor">Pending, sending, to be retried, or of unknown outcome.</param>
/// <param name="NeedsPersonMinor">Blocked, in conflict or unresolved.</param>
public sealed record RecordTotals(
    string Currency, long BilledUnits, decimal BilledMinor, decimal AssumedMinor, decimal OnTheWayMinor, decimal NeedsPersonMinor);

/// <summary>All records of a filter, added up.</summary>
/// <param name="Count">How many they are, void ones too.</param>
/// <param name="Totals">Per currency.</param>
public sealed record RecordSums(int Count, IReadOnlyList<RecordTotals> Totals);

/// <summary>One group in a list.</summary>
/// <param name="ReleasedMinor">What its increments brought, less what was waived of them.</param>
/// <param name="OnRecordsMinor">What of it is on records that are not void.</param>
public sealed record GroupRow(
    Guid Id, Guid BuyerId, string BuyerName, string ProductName, Marketplace Marketplace, DateTimeOffset WindowStart, DateTimeOffset WindowEnd,
    UsageRecordGroupStatus Status, string Currency, decimal ReleasedMinor, decimal OnRecordsMinor, int Records)
{
    /// <summary>Stays as money: below one unit, or waiting for a free hour.</summary>
    public decimal RemainingMinor => ReleasedMinor - OnRecordsMinor;
}

/// <param name="Total">Rows of all pages.</param>
public sealed record GroupList(IReadOnlyList<GroupRow> Rows, int Total);

/// <summary>One group with what it released and where that went.</summary>
public sealed record GroupDetail(GroupRow Group, IReadOnlyList<GroupIncrement> Increments, IReadOnlyList<RecordRow> Records);

/// <summary>An increment of a group.</summary>
/// <param name="OpenMinor">What of it is on no record.</param>
public sealed record GroupIncrement(
    Guid Id, Guid MarkId, string MetricCode, string? SubscriptionExternalId, DateTimeOffset SeenAt, long AmountMinor, decimal WaivedMinor, decimal OpenMinor, string Currency);

/// <summary>The whole sum behind one record.</summary>
/// <param name="Parts">Money per increment, in the order it was used (R11).</param>
/// <param name="Attempts">First to last.</param>
/// <param name="Version">Of the record as it is shown: a decision holds for this one.</param>
/// <param name="Decision">Where a person settled it.</param>
/// <param name="Read">What the marketplace's own totals say of it, where they were asked.</param>
/// <param name="Identity">Where it is billed.</param>
public sealed record RecordDetail(
    RecordRow Record, int Version, Guid ProductId, RecordDecision? Decision, IReadOnlyList<IdentityPart> Identity, string Payload, string PayloadSha256,
    DateTimeOffset Timestamp, DateTimeOffset CreatedAt, DateTimeOffset Deadline, DateTimeOffset? NextAttemptAt, DateTimeOffset? SettledAt,
    string? ProviderRecordId, string? ErrorCode, decimal RemainderBeforeMinor, decimal OpenBeforeMinor, decimal RemainderAfterMinor,
    IReadOnlyList<RecordPart> Parts, IReadOnlyList<AttemptRow> Attempts, ReadEvidence? Read)
{
    /// <summary>Growth that was released since the previous record of this meter.</summary>
    public decimal ReleasedMinor => OpenBeforeMinor - RemainderBeforeMinor;

    /// <summary>
    /// Whether the sum is right: what the increments gave is quantity × price, and open money less that is the remainder (R14 c).
    /// </summary>
    public bool AddsUp =>
        Parts.Sum(part => part.LinkedMinor) == Record.AmountMinor && OpenBeforeMinor - Record.AmountMinor == RemainderAfterMinor;

    public RecordExplanation Explanation => UsageRecordStateText.Explain(
        Record.State, Record.Marketplace, Record.Assumed, Decision is not null, ProviderRecordId, Record.ErrorMessage);

    /// <summary>An answer that came after the record was void says that it was billed (R13): its money may be billed twice.</summary>
    public bool BilledAfterAll =>
        Record.State == UsageRecordState.Void && Attempts.Any(attempt => attempt.Verdict == nameof(MeteringReceipt.Accepted));
}

/// <summary>What the marketplace's own totals say of a record whose outcome was unknown at its deadline (R13).</summary>
/// <param name="Billed">What they proved; null while nothing.</param>
/// <param name="Because">The sum that proves it, or what a proof lacks.</param>
/// <param name="FirstReadAt">Since when each read has shown this total.</param>
public sealed record ReadEvidence(bool? Billed, string Because, DateTimeOffset FirstReadAt, DateTimeOffset LastReadAt);

/// <summary>A person settled the record.</summary>
/// <param name="From">What it was before.</param>
public sealed record RecordDecision(string By, DateTimeOffset At, UsageRecordState From, string Note);

/// <summary>One increment's part in a record.</summary>
/// <param name="FromMinor">The mark before.</param>
/// <param name="ToMinor">The total that Lago showed: the mark after.</param>
/// <param name="LinkedMinor">How much of the growth is in this record.</param>
/// <param name="SubscriptionExternalId">Null only if the period is unknown.</param>
public sealed record RecordPart(
    Guid IncrementId, Guid MarkId, Guid? GroupId, string MetricCode, string? SubscriptionExternalId, DateTimeOffset? PeriodStart, DateTimeOffset? PeriodEnd,
    long FromMinor, long ToMinor, long AmountMinor, DateTimeOffset SeenAt, SnapshotSource Source, decimal LinkedMinor);

/// <summary>One try.</summary>
public sealed record AttemptRow(
    int Number, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, int? HttpStatus, string? Verdict, string? RequestId, string? Request, string? Response);
