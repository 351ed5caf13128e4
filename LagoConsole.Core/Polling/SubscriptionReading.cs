namespace LagoConsole.Core.Polling;

/// <summary>What one look at Lago saw of one subscription's period.</summary>
/// <param name="PeriodEnd">Exclusive.</param>
/// <param name="ReadAt">When the look began.</param>
/// <param name="Metrics">One for each metric code in the answer. A metric that is absent is not zero (R2, T14).</param>
public sealed record SubscriptionReading(
    string SubscriptionLagoId, string SubscriptionExternalId, string LagoCustomerId,
    DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, string Currency,
    DateTimeOffset ReadAt, SnapshotSource Source, IReadOnlyList<MetricReading> Metrics);

/// <summary>One metric's total: the sum over its charges (R5).</summary>
/// <param name="IsProjection">The running total shows the whole period early (R8, T11).</param>
public sealed record MetricReading(string Code, string Name, bool IsProjection, long TotalMinor, IReadOnlyList<ChargeAmount> Charges);
