using System.Security.Cryptography;
using System.Text;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Reporting;

/// <summary>Makes records from released open money, one meter a transaction. What <see cref="MeterLedger.Allocate"/> says is stored before anything is sent.</summary>
public sealed class AllocationStore(IDbContextFactory<LagoConsoleDbContext> contexts, TimeProvider clock)
{
    /// <summary>How many meters are thought about together.</summary>
    private const int ChunkSize = 500;

    /// <summary>Tries every meter that has released open money; returns the number of records made.</summary>
    public async Task<int> AllocateAsync(ItemRun run, CancellationToken cancellationToken)
    {
        DateTimeOffset closedHour = Conversion.ReportingWindow.ClosedHour(clock.GetUtcNow()).Start;
        DateTimeOffset ahead = clock.GetUtcNow() + UsageWriter.Skew;
        IReadOnlyList<Guid> meters;
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            meters = await WorthAThoughtAsync(db, closedHour, ahead, cancellationToken);
        }

        int made = 0;
        foreach (Guid[] chunk in meters.Chunk(ChunkSize))
        {
            IReadOnlyDictionary<Guid, Facts> facts;
            await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
            {
                db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
                facts = await LoadAsync(db, chunk, cancellationToken);
            }

            made += await run.EachAsync(
                chunk, meter => $"Meter {meter}",
                async meter => facts[meter].Think(clock.GetUtcNow()) is Allocation.Made // only then a transaction, which thinks again
                    && await MoneyTransaction.RunAsync(
                        contexts, db => AllocateAsync(db, meter, clock.GetUtcNow(), cancellationToken), cancellationToken, MoneySteps.Allocation) is Allocation.Made ? 1 : 0,
                cancellationToken);
        }

        return made;
    }

    /// <summary>
    /// Meters with released money that may make a record. One whose latest closed hour is used makes none, whatever else is the case;
    /// nor does one whose money buys not one unit at the least of all its prices: most keep such a remainder for ever.
    /// </summary>
    private static async Task<IReadOnlyList<Guid>> WorthAThoughtAsync(
        LagoConsoleDbContext db, DateTimeOffset closedHour, DateTimeOffset ahead, CancellationToken cancellationToken)
    {
        var meters = await db.Meters
            .Where(meter => (meter.LastSlotHour == null || meter.LastSlotHour < closedHour || meter.LastSlotHour > ahead)
                && Released(db).Any(increment => increment.MeterId == meter.Id))
            .Select(meter => new { meter.Id, meter.DimensionId, meter.AccruedMinor, meter.AllocatedMinor, meter.WaivedMinor, meter.LeftMinor })
            .ToListAsync(cancellationToken);
        if (meters.Count == 0)
        {
            return [];
        }

        List<Guid> dimensionIds = [.. meters.Select(meter => meter.DimensionId).Distinct()];
        Dictionary<Guid, decimal> leastPrices = (await db.DimensionPrices.Where(price => dimensionIds.Contains(price.DimensionId))
                .Select(price => new { price.DimensionId, price.UnitPriceMinor }).ToListAsync(cancellationToken))
            .GroupBy(price => price.DimensionId).ToDictionary(prices => prices.Key, prices => prices.Min(price => price.UnitPriceMinor));
        return [.. meters
            .Where(meter => leastPrices.TryGetValue(meter.DimensionId, out decimal least)
                && meter.AccruedMinor - meter.AllocatedMinor - meter.WaivedMinor - meter.LeftMinor >= least)
            .Select(meter => meter.Id)];
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
        return (await LoadAsync(db, [meterId], cancellationToken))[meterId].Think(clock.GetUtcNow());
    }

    /// <summary>What the ledger must know of these meters, in as many queries as for one.</summary>
    private static async Task<IReadOnlyDictionary<Guid, Facts>> LoadAsync(LagoConsoleDbContext db, Guid[] meterIds, CancellationToken cancellationToken)
    {
        List<Meter> meters = await db.Meters.Where(meter => meterIds.Contains(meter.Id)).ToListAsync(cancellationToken);
        List<Guid> entitlementIds = [.. meters.Select(meter => meter.EntitlementId).Distinct()];
        List<Guid> dimensionIds = [.. meters.Select(meter => meter.DimensionId).Distinct()];
        Dictionary<Guid, Entitlement> entitlements = await db.Entitlements.Where(entitlement => entitlementIds.Contains(entitlement.Id))
            .ToDictionaryAsync(entitlement => entitlement.Id, cancellationToken);
        ILookup<Guid, DimensionPrice> prices = (await db.DimensionPrices.Where(price => dimensionIds.Contains(price.DimensionId)).ToListAsync(cancellationToken))
            .ToLookup(price => price.DimensionId);
        ILookup<Guid, UsageRecordState> unsettled = (await db.UsageRecords
            .Where(record => meterIds.Contains(record.MeterId) && record.State != UsageRecordState.Accepted && record.State != UsageRecordState.Void)
            .Select(record => new { record.MeterId, record.State }).ToListAsync(cancellationToken)).ToLookup(record => record.MeterId, record => record.State);
        ILookup<Guid, UsageIncrement> increments = (await Released(db).Where(increment => meterIds.Contains(increment.MeterId!.Value))
            .OrderBy(increment => increment.MeterSequence).ToListAsync(cancellationToken)).ToLookup(increment => increment.MeterId!.Value);
        return meters.ToDictionary(meter => meter.Id, meter => new Facts(
            meter, entitlements[meter.EntitlementId], [.. prices[meter.DimensionId]], [.. unsettled[meter.Id]], [.. increments[meter.Id]]));
    }

    /// <summary>Makes the meter's next record inside a caller's transaction.</summary>
    /// <param name="isLast">It is the last one of an ended purchase (R18).</param>
    internal static async Task<Allocation> AllocateAsync(
        LagoConsoleDbContext db, Guid meterId, DateTimeOffset now, CancellationToken cancellationToken, bool isLast = false)
    {
        Facts facts = (await LoadAsync(db, [meterId], cancellationToken))[meterId];
        Allocation allocation = facts.Think(now, isLast);
        if (allocation is Allocation.Made made)
        {
            (Meter meter, Entitlement entitlement, MarketplaceRules rules) = (facts.Meter, facts.Entitlement, facts.Rules);
            Product product = await db.Products.SingleAsync(candidate => candidate.Id == entitlement.ProductId, cancellationToken);
            Guid id = NewId.At(now);

            // What was not billed was not reported: the next record does not reach back over its time.
            bool lastIsVoid = await db.UsageRecords.AnyAsync(
                last => last.MeterId == meter.Id && last.SlotHour == meter.LastSlotHour && last.State == UsageRecordState.Void, cancellationToken);
            string payload = rules.Payload(new RecordFacts(
                id, product, entitlement, meter.DimensionKey, made.SlotHour, made.Timestamp, lastIsVoid ? null : meter.LastSlotHour, made.Quantity));
            UsageRecord record = new()
            {
                Id = id,
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
            MeterBook.Allocate(meter, record, facts.Increments.ToDictionary(increment => increment.Id), made.Parts, db);
        }

        return allocation;
    }

    /// <summary>One meter, and all that its next record depends on.</summary>
    private sealed record Facts(
        Meter Meter, Entitlement Entitlement, IReadOnlyList<DimensionPrice> Prices, IReadOnlyList<UsageRecordState> Unsettled, IReadOnlyList<UsageIncrement> Increments)
    {
        public MarketplaceRules Rules => MarketplaceRules.For(Meter.Marketplace);

        public Allocation Think(DateTimeOffset now, bool isLast = false) => MeterLedger.Allocate(
            Meter,
            Entitlement,
            [.. Increments.Select(increment => new OpenMoney(
                increment.Id, increment.OpenMinor,
                PartlyRecorded: increment.OpenMinor < increment.AmountMinor - increment.WaivedMinor - increment.BilledBeforeRestoreMinor))],
            Prices, Unsettled, now, Rules, isLast);
    }

    /// <summary>Lower-case hex, as stored beside the payload (R14 d).</summary>
    internal static string Sha256(string payload) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(payload)));
}
