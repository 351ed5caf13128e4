using LagoConsole.Core.Conversion;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Reporting;

/// <summary>
/// Releases accrued growth for reporting: puts increments into the group of their entitlement and window (R17).
/// What is released is allocated at the next free slot, even if that is hours later.
/// </summary>
public sealed class ReleaseStore(IDbContextFactory<LagoConsoleDbContext> contexts, TimeProvider clock)
{
    /// <summary>Releases what is due now, of every integration that reports. Returns the number of increments released.</summary>
    public async Task<int> ReleaseDueAsync(ItemRun run, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        bool anyWaited;
        List<Guid> due;
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            var accrued = await Accrued(db).Select(increment => new { increment.IntegrationId, increment.ReportRegardless }).Distinct().ToListAsync(cancellationToken);
            anyWaited = accrued.Exists(ofOne => ofOne.ReportRegardless);
            due = [.. (await db.Integrations.AsNoTracking().Where(integration => integration.AutoReport).ToListAsync(cancellationToken))
                .Where(integration => WindowOf(integration, now) is not null
                    && (integration.BillingMode == BillingMode.AmountDaily || accrued.Exists(ofOne => ofOne.IntegrationId == integration.Id)))
                .Select(integration => integration.Id)];
        }

        int waited = anyWaited
            ? await MoneyTransaction.RunAsync(contexts, db => ReleaseWaitedAsync(db, clock.GetUtcNow(), cancellationToken), cancellationToken)
            : 0;
        return waited + await run.EachAsync(
            due, integration => $"Release of integration {integration}", // only then a transaction, which looks again
            integration => MoneyTransaction.RunAsync(contexts, db => ReleaseDueAsync(db, integration, clock.GetUtcNow(), cancellationToken), cancellationToken),
            cancellationToken);
    }

    /// <summary>Open money on meters that no window has released yet.</summary>
    private static IQueryable<UsageIncrement> Accrued(LagoConsoleDbContext db) => db.UsageIncrements.WhereOpen()
        .Where(increment => increment.GroupId == null && increment.MeterId != null);

    private static IQueryable<UsageIncrement> Waited(LagoConsoleDbContext db) => Accrued(db).Where(increment => increment.ReportRegardless);

    /// <summary>The window that an integration releases now; null while none is due.</summary>
    private static ReportingWindow? WindowOf(Integration integration, DateTimeOffset now) => ReportingWindow.Due(
        integration.BillingMode, now, integration.LastReleasedAt, integration.LastPollStartedAt, integration.LastPollFinishedAt);

    /// <summary>
    /// A person says <i>report it</i> of money that its integration would no longer release (deleted, link changed): these
    /// increments flow regardless. Call inside the transaction that makes the change.
    /// </summary>
    internal static async Task ReleaseRegardlessAsync(
        LagoConsoleDbContext db, IReadOnlyCollection<UsageIncrement> increments, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (UsageIncrement increment in increments)
        {
            increment.ReportRegardless = true;
        }

        await GroupAsync(db, increments, ReportingWindow.ClosedHour(now), now, cancellationToken);
    }

    /// <summary>Money that a person said to report while it still waited for a meter: its integration may be gone when it finds one.</summary>
    /// <param name="ofBuyer">Only this buyer's; null for all.</param>
    internal static async Task<int> ReleaseWaitedAsync(
        LagoConsoleDbContext db, DateTimeOffset now, CancellationToken cancellationToken, Guid? ofBuyer = null)
    {
        List<UsageIncrement> waited = await Waited(db)
            .Where(increment => ofBuyer == null || increment.BuyerId == ofBuyer).ToListAsync(cancellationToken);
        await GroupAsync(db, waited, ReportingWindow.ClosedHour(now), now, cancellationToken);
        return waited.Count;
    }

    /// <summary>What has accrued, if the integration's window is due now.</summary>
    /// <param name="ofBuyer">Only this buyer's; null for all.</param>
    internal static async Task<int> ReleaseDueAsync(
        LagoConsoleDbContext db, Guid integrationId, DateTimeOffset now, CancellationToken cancellationToken, Guid? ofBuyer = null)
    {
        Integration? integration = await db.Integrations.SingleOrDefaultAsync(
            candidate => candidate.Id == integrationId && candidate.AutoReport, cancellationToken);
        if (integration is null || WindowOf(integration, now) is not { } window)
        {
            return 0;
        }

        List<UsageIncrement> accrued = await Accrued(db)
            .Where(increment => increment.IntegrationId == integrationId && (ofBuyer == null || increment.BuyerId == ofBuyer))
            .ToListAsync(cancellationToken);
        if (accrued.Count > 0 || integration.BillingMode == BillingMode.AmountDaily)
        {
            integration.LastReleasedAt = now; // the day is done, whether or not anything had grown
        }

        await GroupAsync(db, accrued, window, now, cancellationToken);
        return accrued.Count;
    }

    /// <summary>Increments without a meter are left alone: they are grouped when their money has found one.</summary>
    internal static async Task GroupAsync(
        LagoConsoleDbContext db, IEnumerable<UsageIncrement> increments, ReportingWindow window, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        List<UsageIncrement> onMeters = [.. increments.Where(increment => increment.MeterId is not null && increment.GroupId is null)];
        List<Guid?> meterIds = [.. onMeters.Select(increment => increment.MeterId).Distinct()];
        Dictionary<Guid, Guid> entitlements = await db.Meters.Where(meter => meterIds.Contains(meter.Id))
            .ToDictionaryAsync(meter => meter.Id, meter => meter.EntitlementId, cancellationToken);
        List<Guid> entitlementIds = [.. entitlements.Values.Distinct()];
        Dictionary<Guid, UsageRecordGroup> groups = await db.UsageRecordGroups
            .Where(stored => stored.WindowStart == window.Start && stored.WindowEnd == window.End && entitlementIds.Contains(stored.EntitlementId))
            .ToDictionaryAsync(stored => stored.EntitlementId, cancellationToken);
        foreach (IGrouping<Guid, UsageIncrement> ofEntitlement in onMeters.GroupBy(increment => entitlements[increment.MeterId!.Value]))
        {
            if (!groups.TryGetValue(ofEntitlement.Key, out UsageRecordGroup? group))
            {
                group = new UsageRecordGroup
                {
                    Id = NewId.At(now),
                    EntitlementId = ofEntitlement.Key,
                    WindowStart = window.Start,
                    WindowEnd = window.End,
                    CreatedAt = now,
                };
                db.UsageRecordGroups.Add(group);
            }

            foreach (UsageIncrement increment in ofEntitlement)
            {
                increment.GroupId = group.Id;
            }
        }
    }
}
