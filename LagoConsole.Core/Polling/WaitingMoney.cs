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
            buyers = await db.UsageIncrements
                .Where(increment => increment.WaitReason != null && increment.WaitReason != WaitReason.Restored && (increment.WaitReason != WaitReason.LinkRemoved || increment.ReportRegardless))
                .Select(increment => increment.BuyerId).Distinct().ToListAsync(cancellationToken);
        }

        return await run.EachAsync(
            buyers, buyer => $"Waiting money of buyer:{buyer}",
            buyer => MoneyTransaction.RunAsync(contexts, db => FlowOnAsync(db, buyer, cancellationToken), cancellationToken),
            cancellationToken);
    }

    private async Task<int> FlowOnAsync(LagoConsoleDbContext db, Guid buyerId, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        List<UsageIncrement> waiting = await db.UsageIncrements
            .Where(increment => increment.BuyerId == buyerId && increment.WaitReason != null && increment.WaitReason != WaitReason.Restored && (increment.WaitReason != WaitReason.LinkRemoved || increment.ReportRegardless))
            .OrderBy(increment => increment.SeenAt).ThenBy(increment => increment.Id)
            .ToListAsync(cancellationToken);
        HashSet<Guid> reporting = [.. await db.Integrations
            .Where(integration => integration.AutoReport).Select(integration => integration.Id).ToListAsync(cancellationToken)];
        RoutingTable routes = await RoutingTable.LoadAsync(db, buyerId, cancellationToken);

        int flowed = 0;
        foreach (UsageIncrement increment in waiting)
        {
            if (increment.WaitReason == WaitReason.AutoReportOff && !increment.ReportRegardless && !reporting.Contains(increment.IntegrationId))
            {
                continue;
            }

            switch (routes.Route(increment.MetricCode, increment.Currency, increment.SeenAt, now))
            {
                case RoutingDecision.To to:
                    await MeterBook.AccrueAsync(db, increment, to.Entitlement, to.Dimension, now, cancellationToken);
                    flowed++;
                    break;
                case RoutingDecision.Waits waits:
                    increment.WaitReason = waits.Reason; // since when stays: the money has waited all along
                    break;
            }
        }

        return flowed;
    }
}
