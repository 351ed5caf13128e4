using LagoConsole.Core.History;
using LagoConsole.Core.Money;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Core.Notifications;

/// <summary>What the stored books say now, as far as causes come of it.</summary>
/// <param name="Jobs">Every job with its last result.</param>
/// <param name="BooksFailures">What the last check of the books found; 0 before there was one.</param>
public sealed record CauseFacts(
    IReadOnlyList<UnverifiedIntegration> Integrations, IReadOnlyList<JobStatus> Jobs, IReadOnlyList<RecordsNeedingPerson> Records,
    IReadOnlyList<OpenRecord> OpenRecords, IReadOnlyList<WaitingWithDeadline> Waiting, IReadOnlyList<HeldJump> Jumps,
    IReadOnlyList<ExpiringSecret> Secrets, int BooksFailures);

/// <param name="Detail">What Lago said, what it means and what to do.</param>
public sealed record UnverifiedIntegration(Guid Id, string Name, string? Detail);

/// <summary>Records of one product that the same refusal, or the same doubt, has stopped.</summary>
/// <param name="Deadline">The first after which one that is refused is not taken any more.</param>
public sealed record RecordsNeedingPerson(
    UsageRecordState State, Guid ProductId, string ProductName, Marketplace Marketplace, string? ErrorCode, int Count,
    IReadOnlyList<CurrencyAmount> Sums, DateTimeOffset Deadline);

/// <summary>A record that is on its way.</summary>
public sealed record OpenRecord(
    Guid ProductId, string ProductName, Marketplace Marketplace, string Currency, long Quantity, decimal UnitPriceMinor, DateTimeOffset CreatedAt, DateTimeOffset Deadline)
{
    public decimal AmountMinor => Quantity * UnitPriceMinor;
}

/// <summary>Waiting money of a buyer that cannot be billed for ever.</summary>
public sealed record WaitingWithDeadline(Guid BuyerId, string BuyerName, string Currency, decimal Minor, DateTimeOffset Deadline);

public sealed record HeldJump(Guid MarkId, string BuyerName, string MetricCode, string Currency, long HeldMinor);

public sealed record ExpiringSecret(Guid AccountId, string AccountName, DateTimeOffset ExpiresAt);
