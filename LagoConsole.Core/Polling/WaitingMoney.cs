using LagoConsole.Core.Conversion;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Polling;

/// <summary>Lets waiting money flow on when its reason has gone (R6).</summary>
public sealed class WaitingMoney(IDbContextFactory<LagoConsoleDbContext> contexts, TimeProvider clock)
{
    /// <summary>How many buyers' waiting money is looked at together.</summary>
    private const int ChunkSize = 500;

    /// <summary>Looks at every waiting increment once more; returns how many found their meter.</summary>
    public async Task<int> FlowOnAsync(ItemRun run, CancellationToken cancellationToken)
    {
        List<Guid> moved = [];
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;

            // Sorted here: asked to sort, SQLite goes through all that ever grew by the index of buyers.
            List<Guid> buyers = await MayFlow(db).Select(increment => increment.BuyerId).ToListAsync(cancellationToken);
            foreach (Guid[] chunk in buyers.Distinct().Order().Chunk(ChunkSize))
            {
                moved.AddRange(await MovedAsync(db, chunk, cancellationToken));
            }
        }

        return await run.EachAsync(
            moved, buyer => $"Waiting money of buyer:{buyer}", // only then a transaction, which looks again
            buyer => MoneyTransaction.RunAsync(contexts, db => FlowOnAsync(db, buyer, clock.GetUtcNow(), cancellationToken), cancellationToken),
            cancellationToken);
    }

    /// <summary>Money that may flow when the books say so; for the rest a person decides first, or the switch of its integration is off.</summary>
    private static IQueryable<UsageIncrement> MayFlow(LagoConsoleDbContext db) => db.UsageIncrements
        .Where(increment => increment.WaitReason != null && increment.WaitReason != WaitReason.Restored
            && (increment.ReportRegardless
                || (increment.WaitReason != WaitReason.LinkRemoved
                    && (increment.WaitReason != WaitReason.AutoReportOff
                        || db.Integrations.Any(integration => integration.Id == increment.IntegrationId && integration.AutoReport)))));

    /// <summary>Whose waiting money found a meter, or waits for another reason now.</summary>
    private static async Task<IReadOnlyList<Guid>> MovedAsync(LagoConsoleDbContext db, Guid[] buyers, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<Guid, RoutingTable> routes = await RoutingTable.LoadAsync(db, buyers, cancellationToken);
        return [.. (await WaitingAsync(db, buyers, cancellationToken))
            .Where(waiting => Next(waiting, routes[waiting.Increment.BuyerId]) is { } next
                && (next is not RoutingDecision.Waits waits || waits.Reason != waiting.Increment.WaitReason))
            .Select(waiting => waiting.Increment.BuyerId).Distinct()];
    }

    private static async Task<IReadOnlyList<Waiting>> WaitingAsync(LagoConsoleDbContext db, Guid[] buyers, CancellationToken cancellationToken) => await (
        from increment in MayFlow(db)
        where buyers.Contains(increment.BuyerId)
        join mark in db.HighWaterMarks on increment.MarkId equals mark.Id
        join period in db.BillingPeriods on mark.PeriodId equals period.Id
        orderby increment.SeenAt, increment.Id
        select new Waiting(increment, period.SubscriptionLagoId)).ToListAsync(cancellationToken);

    /// <summary>What becomes of it; null where its reason stands.</summary>
    private static RoutingDecision? Next(Waiting waiting, RoutingTable routes) => routes.Route(waiting.Increment, waiting.SubscriptionLagoId) switch
    {
        // That its purchase has ended says more than that none is active.
        RoutingDecision.Waits waits when waiting.Increment.WaitReason == WaitReason.EntitlementEnded && waits.Reason != WaitReason.SeveralEntitlements => null,
        RoutingDecision decision => decision,
    };

    internal static async Task<int> FlowOnAsync(LagoConsoleDbContext db, Guid buyerId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        RoutingTable routes = await RoutingTable.LoadAsync(db, buyerId, cancellationToken);
        int flowed = 0;
        foreach (Waiting waiting in await WaitingAsync(db, [buyerId], cancellationToken))
        {
            switch (Next(waiting, routes))
            {
                case RoutingDecision.To to:
                    await MeterBook.AccrueAsync(db, waiting.Increment, to.Entitlement, to.Dimension, now, cancellationToken);
                    flowed++;
                    break;
                case RoutingDecision.Waits waits:
                    waiting.Increment.WaitReason = waits.Reason; // since when stays: the money has waited all along
                    break;
            }
        }

        return flowed;
    }

    private sealed record Waiting(UsageIncrement Increment, string SubscriptionLagoId);
}
