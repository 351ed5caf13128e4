using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Lago;

/// <summary>
/// One budget of calls per integration, shared by all of its clients on this node: polls, pages and closings
/// together stay below what Lago Cloud grants the organization. Budgets of integrations that went quiet are dropped.
/// </summary>
public sealed class LagoRateLimits(IOptions<LagoOptions> options) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<string, string>(
            id => RateLimitPartition.GetConcurrencyLimiter(id, _ => new ConcurrencyLimiterOptions
            {
                PermitLimit = options.Value.ConcurrentRequests,
                QueueLimit = int.MaxValue,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            }),
            StringComparer.Ordinal),
        PartitionedRateLimiter.Create<string, string>(
            id => RateLimitPartition.GetTokenBucketLimiter(id, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = options.Value.RequestsPerSecond,
                TokensPerPeriod = options.Value.RequestsPerSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                QueueLimit = int.MaxValue,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            }),
            StringComparer.Ordinal));

    /// <summary>Waits for this integration's turn; the lease is held while the attempt is under way.</summary>
    internal ValueTask<RateLimitLease> AcquireAsync(string limitId, CancellationToken cancellationToken) =>
        _limiter.AcquireAsync(limitId, permitCount: 1, cancellationToken);

    public void Dispose() => _limiter.Dispose();
}

/// <summary>Holds each attempt, repetitions too, until the integration's budget allows it.</summary>
internal sealed class LagoRateLimitHandler(LagoRateLimits limits) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(LagoKeyHandler.LimitId, out string? limitId))
        {
            throw new InvalidOperationException("A request to Lago must come from a client of LagoClientFactory.");
        }

        using RateLimitLease lease = await limits.AcquireAsync(limitId, cancellationToken);
        return lease.IsAcquired
            ? await base.SendAsync(request, cancellationToken)
            : throw new InvalidOperationException("The queue of calls to Lago is full."); // unbounded: cannot be
    }
}
