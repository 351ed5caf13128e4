using LagoConsole.Core.Integrations;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;

namespace LagoConsole.Core.DryRun;

/// <summary>What the next window would do, if Lago counted nothing more until then.</summary>
/// <param name="ReadAt">When Lago was read.</param>
/// <param name="Windows">One an integration that polls; empty where nothing is polled.</param>
/// <param name="Stays">Money that would be on no record, one line a reason.</param>
/// <param name="Problems">What is missing from the sums, a sentence each.</param>
public sealed record DryRunResult(
    DateTimeOffset ReadAt, IReadOnlyList<DryRunWindow> Windows, IReadOnlyList<DryRunRecord> Records, IReadOnlyList<DryRunStay> Stays,
    IReadOnlyList<string> Problems)
{
    public bool IsEmpty => Records.Count == 0 && Stays.Count == 0;
}

/// <summary>The window that an integration would release next.</summary>
/// <param name="ReleasedAt">When, by the schedule: the poll that comes before it takes a while.</param>
public sealed record DryRunWindow(string IntegrationName, BillingMode Mode, DateTimeOffset Start, DateTimeOffset End, DateTimeOffset ReleasedAt);

/// <summary>A record exactly as it would be made and sent.</summary>
/// <param name="MadeAt">Before the window's release where its money is released already.</param>
/// <param name="Parts">The increments behind it; their linked money adds up to quantity × price (R11).</param>
public sealed record DryRunRecord(
    Guid BuyerId, string BuyerName, Guid EntitlementId, string ProductName, Marketplace Marketplace, string DimensionKey,
    DateTimeOffset MadeAt, DateTimeOffset SlotHour, DateTimeOffset Timestamp, long Quantity, decimal UnitPriceMinor, string Currency,
    decimal RemainderBeforeMinor, decimal OpenBeforeMinor, decimal RemainderAfterMinor, string Payload, string PayloadSha256,
    IReadOnlyList<DryRunPart> Parts)
{
    public decimal AmountMinor => Quantity * UnitPriceMinor;
}

/// <summary>Money of one increment in a record.</summary>
/// <param name="IsNew">The next poll would see it; an old one is in the books already.</param>
/// <param name="FromMinor">The mark before.</param>
/// <param name="MarkId">Its key; null for one that does not exist yet.</param>
public sealed record DryRunPart(
    string MetricCode, string SubscriptionExternalId, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, DateTimeOffset SeenAt, SnapshotSource Source,
    bool IsNew, long FromMinor, long ToMinor, long AmountMinor, decimal LinkedMinor, Guid? MarkId);

/// <summary>Money that would be on no record.</summary>
/// <param name="Source">The metric's code, or the dimension's key where the money is on a meter already.</param>
/// <param name="SubscriptionExternalId">Null for a meter, where the money of several comes together.</param>
/// <param name="MarkId">Its key, where there is one and only one.</param>
/// <param name="ProductId">The meter's product; null for money on no meter.</param>
public sealed record DryRunStay(
    Guid BuyerId, string BuyerName, string Source, string? SubscriptionExternalId, string Currency, decimal AmountMinor, StayReason Reason,
    Guid? MarkId, Guid? ProductId);

/// <summary>What a dry run came to. Nothing is stored by any.</summary>
public abstract record DryRunOutcome
{
    private DryRunOutcome()
    {
    }

    /// <param name="Unchanged">The same window without the proposed change, for changes that one compares by it; else null.</param>
    public sealed record Ready(DryRunResult Result, DryRunResult? Unchanged = null) : DryRunOutcome;

    /// <summary>The proposed change itself would be refused.</summary>
    public sealed record Refused(string Sentence) : DryRunOutcome;

    /// <summary>It cannot be told now: Lago cannot be read.</summary>
    public sealed record Failed(string Sentence) : DryRunOutcome;
}
