using LagoConsole.Core.HighWater;

namespace LagoConsole.Core.Polling;

/// <summary>What one look at Lago saw of one subscription's period.</summary>
/// <param name="PeriodEnd">Exclusive.</param>
/// <param name="ReadAt">When the look began.</param>
/// <param name="Metrics">One for each metric code in the answer. A metric that is absent is not zero (R2, T14).</param>
public sealed record SubscriptionReading(
    string SubscriptionLagoId, string SubscriptionExternalId, string LagoCustomerId,
    DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, string Currency,
    DateTimeOffset ReadAt, SnapshotSource Source, IReadOnlyList<MetricReading> Metrics)
{
    /// <summary>The subscription replaced another one of the same external id when it started: recurring units are counted again (T7).</summary>
    public bool IsUpgrade { get; init; }

    /// <summary>
    /// Lago ids of older subscriptions of the same external id that ended after this period began: this one counts their
    /// events again (T9). Also of those that no poll ever saw.
    /// </summary>
    public IReadOnlyList<string> Overlapped { get; init; } = [];

    /// <summary>Lago ids of subscriptions of the same external id that were created after this one: it never starts from theirs.</summary>
    public IReadOnlyList<string> Newer { get; init; } = [];

    /// <summary><see cref="Lago.CurrentUsageText.Digest"/> of the answer that was read; null where it was no poll's.</summary>
    public byte[]? AnswerDigest { get; init; }

    /// <summary>The last look at this subscription that went well, as far as that is known: growth since then is no jump (R15).</summary>
    public DateTimeOffset? PreviousReadAt { get; init; }
}

/// <summary>One metric's total: the sum over its charges (R5).</summary>
/// <param name="IsProjection">The running total shows the whole period early (R8, T11).</param>
public sealed record MetricReading(string Code, string Name, bool IsProjection, long TotalMinor, IReadOnlyList<ChargeAmount> Charges)
{
    /// <summary>Its units are carried into the next period, and over an upgrade (T7). Told at the first sight of an upgraded subscription only.</summary>
    public bool IsRecurring { get; init; }

    /// <summary>The reader knows that this total must not flow before a person has decided (R4, R8).</summary>
    public HoldReason? Hold { get; init; }
}
