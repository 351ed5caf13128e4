using System.Security.Cryptography;
using System.Text;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Reporting;

/// <summary>Makes records from released open money, one meter a transaction. What <see cref="MeterLedger.Allocate"/> says is stored before anything is sent.</summary>
public sealed class AllocationStore(IDbContextFactory<LagoConsoleDbContext> contexts, TimeProvider clock)
{
    /// <summary>Tries every meter that has released open money; returns the number of records made.</summary>
    public async Task<int> AllocateAsync(ItemRun run, CancellationToken cancellationToken)
    {
        DateTimeOffset closedHour = Conversion.ReportingWindow.ClosedHour(clock.GetUtcNow()).Start;
        List<Guid> meters;
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            // A meter whose latest closed hour is used makes no record, whatever else is the case; most keep a remainder for ever.
            meters = await Released(db)
                .Where(increment => db.Meters.Any(meter => meter.Id == increment.MeterId && (meter.LastSlotHour == null || meter.LastSlotHour < closedHour)))
                .Select(increment => increment.MeterId!.Value).Distinct().ToListAsync(cancellationToken);
        }

        return await run.EachAsync(
            meters, meter => $"Meter {meter}",
            async meter => await ForeseeAsync(meter, cancellationToken) is Allocation.Made // only then a transaction, which thinks again
                && await MoneyTransaction.RunAsync(
                    contexts, db => AllocateAsync(db, meter, clock.GetUtcNow(), cancellationToken), cancellationToken, MoneySteps.Allocation) is Allocation.Made ? 1 : 0,
            cancellationToken);
    }

    /// <summary>Open money that a window or a person has released, of integrations that report (R16).</summary>
    internal static IQueryable<UsageIncrement> Released(LagoConsoleDbContext db) => db.UsageIncrements
        .Where(increment => increment.IsOpen && increment.GroupId != null && increment.MeterId != null
            && (increment.ReportRegardless
                || db.Integrations.Any(integration => integration.Id == increment.IntegrationId && integration.AutoReport)));

    /// <summary>What the next run would say of a meter now: for pages, so that open money always has a reason (R6). Stores nothing.</summary>
    public async Task<Allocation> ForeseeAsync(Guid meterId, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        return (await ThinkAsync(db, meterId, clock.GetUtcNow(), cancellationToken)).Allocation;
    }

    private static async Task<Thought> ThinkAsync(
        LagoConsoleDbContext db, Guid meterId, DateTimeOffset now, CancellationToken cancellationToken, bool isLast = false)
    {
        Meter meter = await db.Meters.SingleAsync(candidate => candidate.Id == meterId, cancellationToken);
        Entitlement entitlement = await db.Entitlements.SingleAsync(candidate => candidate.Id == meter.EntitlementId, cancellationToken);
        List<DimensionPrice> prices = await db.DimensionPrices.Where(price => price.DimensionId == meter.DimensionId).ToListAsync(cancellationToken);
        List<UsageRecordState> unsettled = await db.UsageRecords
            .Where(record => record.MeterId == meterId
                && record.State != UsageRecordState.Accepted && record.State != UsageRecordState.Void)
            .Select(record => record.State).ToListAsync(cancellationToken);
        List<UsageIncrement> increments = await Released(db).Where(increment => increment.MeterId == meterId)
            .OrderBy(increment => increment.MeterSequence).ToListAsync(cancellationToken);
        List<OpenMoney> open = [.. increments.Select(increment => new OpenMoney(
            increment.Id, increment.OpenMinor, PartlyRecorded: increment.OpenMinor < increment.AmountMinor - increment.WaivedMinor - increment.BilledBeforeRestoreMinor))];
        MarketplaceRules rules = MarketplaceRules.For(meter.Marketplace);
        return new Thought(meter, entitlement, increments, rules, MeterLedger.Allocate(meter, entitlement, open, prices, unsettled, now, rules, isLast));
    }

    /// <summary>Makes the meter's next record inside a caller's transaction.</summary>
    /// <param name="isLast">It is the last one of an ended purchase (R18).</param>
    internal static async Task<Allocation> AllocateAsync(
        LagoConsoleDbContext db, Guid meterId, DateTimeOffset now, CancellationToken cancellationToken, bool isLast = false)
    {
        Thought thought = await ThinkAsync(db, meterId, now, cancellationToken, isLast);
        if (thought is { Meter: var meter, Entitlement: var entitlement, Rules: var rules, Allocation: Allocation.Made made })
        {
            Product product = await db.Products.SingleAsync(candidate => candidate.Id == entitlement.ProductId, cancellationToken);
            string payload = rules.Payload(product, entitlement, meter.DimensionKey, made.Timestamp, made.Quantity);
            UsageRecord record = new()
            {
                Id = NewId.At(now),
                MeterId = meter.Id,
                EntitlementId = entitlement.Id,
                Marketplace = meter.Marketplace,
                DimensionKey = meter.DimensionKey,
                SlotHour = made.SlotHour,
                Timestamp = made.Timestamp,
                Quantity = made.Quantity,
                UnitPriceMinor = made.UnitPriceMinor,
                Currency = meter.Currency,
                BatchKey = rules.BatchKey(product, entitlement),
                Payload = payload,
                PayloadSha256 = Sha256(payload),
                RemainderBeforeMinor = made.RemainderBeforeMinor,
                OpenBeforeMinor = made.OpenBeforeMinor,
                RemainderAfterMinor = made.RemainderAfterMinor,
                CreatedAt = now,
                Deadline = FinalFlush.Deadline(made.SlotHour, entitlement.EndsAt, rules),
                NextAttemptAt = now,
            };
            MeterBook.Allocate(meter, record, thought.Increments.ToDictionary(increment => increment.Id), made.Parts, db);
        }

        return thought.Allocation;
    }

    private sealed record Thought(
        Meter Meter, Entitlement Entitlement, List<UsageIncrement> Increments, MarketplaceRules Rules, Allocation Allocation);

    /// <summary>Lower-case hex, as stored beside the payload (R14 d).</summary>
    internal static string Sha256(string payload) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(payload)));
}
