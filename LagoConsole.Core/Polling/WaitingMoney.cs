using LagoConsole.Core.Conversion;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Polling;

/// <summary>Lets waiting money flow on when its reason has gone (R6).</summary>
public sealed class WaitingMoney(IDbContextFactory<LagoConsoleDbContext> contexts, TimeProvider clock)
{
    /// <summary>Looks at every waiting increment once more; returns how many found their meter.</summary>
    public async Task<int> FlowOnAsync(ItemRun run, CancellationToken cancellationToken)
    {
        List<Guid> buyers;
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            buyers = await MayFlow(db).Select(increment => increment.BuyerId).Distinct().ToListAsync(cancellationToken);
        }

        return await run.EachAsync(
            buyers, buyer => $"Waiting money of buyer:{buyer}",
            buyer => MoneyTransaction.RunAsync(contexts, db => FlowOnAsync(db, buyer, clock.GetUtcNow(), cancellationToken), cancellationToken),
            cancellationToken);
    }

    /// <summary>What no person has to decide over first.</summary>
    private static IQueryable<UsageIncrement> MayFlow(LagoConsoleDbContext db) => db.UsageIncrements
        .Where(increment => increment.WaitReason != null && increment.WaitReason != WaitReason.Restored
            && (increment.WaitReason != WaitReason.LinkRemoved || increment.ReportRegardless));

    internal static async Task<int> FlowOnAsync(LagoConsoleDbContext db, Guid buyerId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var waiting = await (
            from increment in MayFlow(db)
            where increment.BuyerId == buyerId
            join mark in db.HighWaterMarks on increment.MarkId equals mark.Id
            join period in db.BillingPeriods on mark.PeriodId equals period.Id
            orderby increment.SeenAt, increment.Id
            select new { Increment = increment, period.SubscriptionLagoId }).ToListAsync(cancellationToken);
        HashSet<Guid> reporting = [.. await db.Integrations
            .Where(integration => integration.AutoReport).Select(integration => integration.Id).ToListAsync(cancellationToken)];
        RoutingTable routes = await RoutingTable.LoadAsync(db, buyerId, cancellationToken);

        int flowed = 0;
        foreach (var (increment, subscription) in waiting.Select(row => (row.Increment, row.SubscriptionLagoId)))
        {
            if (increment.WaitReason == WaitReason.AutoReportOff && !increment.ReportRegardless && !reporting.Contains(increment.IntegrationId))
            {
                continue;
            }

            switch (routes.Route(increment, subscription))
            {
                case RoutingDecision.To to:
                    await MeterBook.AccrueAsync(db, increment, to.Entitlement, to.Dimension, now, cancellationToken);
                    flowed++;
                    break;

                // Since when stays: the money has waited all along. And that its purchase has ended says more than that none is active.
                case RoutingDecision.Waits waits when increment.WaitReason != WaitReason.EntitlementEnded || waits.Reason == WaitReason.SeveralEntitlements:
                    increment.WaitReason = waits.Reason;
                    break;
            }
        }

        return flowed;
    }
}
