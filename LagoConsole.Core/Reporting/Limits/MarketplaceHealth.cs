using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Reporting.Limits;

/// <summary>A marketplace that does not answer, throttles, or has not taken what it asked for in time, and what waits for it.</summary>
/// <param name="Records">Records on their way to it.</param>
/// <param name="Waiting">Their money, by currency, in minor units.</param>
/// <param name="FirstDeadline">When the marketplace stops taking the first of them; null without any.</param>
/// <param name="AskedBy">When it asks to be told of the first of them, though it takes it later; null where it asks nothing.</param>
/// <param name="IsLate">That moment has passed.</param>
public sealed record MarketplaceTrouble(
    LaneState State, int Records, IReadOnlyList<(string Currency, decimal Minor)> Waiting, DateTimeOffset? FirstDeadline, DateTimeOffset? AskedBy, bool IsLate);

/// <summary>How calls to the marketplaces go, for pages.</summary>
public sealed class MarketplaceHealth(MarketplaceLimits limits, IDbContextFactory<LagoConsoleDbContext> contexts, TimeProvider clock)
{
    /// <summary>Throttling that is so long over is no news.</summary>
    private static readonly TimeSpan News = TimeSpan.FromMinutes(10);

    /// <summary>Of each marketplace that this node has called.</summary>
    public IReadOnlyList<LaneState> Lanes => limits.Lanes;

    /// <summary>What a person should know now; empty while all is well.</summary>
    public async Task<IReadOnlyList<MarketplaceTrouble>> ReadAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        HashSet<MarketplaceLane> late = await LateAsync(db, now, cancellationToken);
        List<MarketplaceTrouble> troubles = [];
        foreach (LaneState state in limits.Lanes.Where(state => state.Circuit.IsOpen || (now - state.ThrottledAt)?.Duration() < News)
            .UnionBy(late.Select(limits.StateOf), state => state.Lane))
        {
            // Whole units are added in the database, money here (R1).
            var waiting = await RecordStore.OnTheirWay(db).Within(state.Lane)
                .GroupBy(record => new { record.Currency, record.UnitPriceMinor })
                .Select(group => new
                {
                    group.Key.Currency,
                    group.Key.UnitPriceMinor,
                    Units = group.Sum(record => record.Quantity),
                    Records = group.Count(),
                    FirstDeadline = group.Min(record => record.Deadline),
                    FirstHour = group.Min(record => record.SlotHour),
                })
                .ToListAsync(cancellationToken);
            troubles.Add(new MarketplaceTrouble(
                state, waiting.Sum(part => part.Records),
                [
                    .. waiting.GroupBy(part => part.Currency, StringComparer.Ordinal).OrderBy(part => part.Key, StringComparer.Ordinal)
                        .Select(parts => (parts.Key, parts.Sum(part => part.Units * part.UnitPriceMinor))),
                ],
                waiting.Count == 0 ? null : waiting.Min(part => part.FirstDeadline),
                waiting.Count == 0 ? null : MarketplaceRules.For(state.Lane.Marketplace).AskedBy(waiting.Min(part => part.FirstHour)),
                late.Contains(state.Lane)));
        }

        return troubles;
    }

    /// <summary>Marketplaces that ask to be told sooner than they must, and have not taken in time what waits for them.</summary>
    private static async Task<HashSet<MarketplaceLane>> LateAsync(LagoConsoleDbContext db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        HashSet<MarketplaceLane> late = [];
        foreach (Marketplace marketplace in Enum.GetValues<Marketplace>())
        {
            if (MarketplaceRules.For(marketplace).AskedWithin is { } within)
            {
                DateTimeOffset firstInTime = now - within - TimeSpan.FromHours(1);
                MarketplaceLane lane = new(marketplace, Region: null); // AWS, whose lanes are regions, asks nothing of the kind
                if (await RecordStore.OnTheirWay(db).Within(lane).AnyAsync(record => record.SlotHour < firstInTime, cancellationToken))
                {
                    late.Add(lane);
                }
            }
        }

        return late;
    }
}
