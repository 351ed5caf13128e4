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

/// <summary>Makes records from released open money. What <see cref="MeterLedger.Allocate"/> says is stored before anything is sent.</summary>
public sealed class AllocationStore(IDbContextFactory<LagoConsoleDbContext> contexts, TimeProvider clock)
{
    /// <summary>How many meters are thought about together.</summary>
    private const int ChunkSize = 500;

    /// <summary>How many meters get their record in one transaction: a commit costs more than a record, and who waits for the database waits for all of them.</summary>
    private const int Together = 50;

    private static readonly UsageRecordState[] Unsettled =
        [.. Enum.GetValues<UsageRecordState>().Where(state => state is not (UsageRecordState.Accepted or UsageRecordState.Void))];

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

            List<Guid> due = [];
            await run.EachAsync(
                chunk, NameOf,
                meter =>
                {
                    if (facts[meter].Think(clock.GetUtcNow()) is Allocation.Made)
                    {
                        due.Add(meter); // only then a transaction, which thinks again
                    }

                    return Task.FromResult(0);
                },
                cancellationToken);
            foreach (Guid[] group in due.Chunk(Together))
            {
                made += await AllocateAsync(group, run, cancellationToken);
            }
        }

        return made;
    }

    /// <summary>Together; where one of them fails, and with it all, each by itself, and the one says what is wrong with it.</summary>
    private async Task<int> AllocateAsync(Guid[] meters, ItemRun run, CancellationToken cancellationToken)
    {
        try
        {
            return await AllocateAsync(meters, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return await run.EachAsync(
                meters, NameOf,
                meter => meters.Length > 1 && MoneyTransaction.MayBeOnePart(exception) ? AllocateAsync([meter], cancellationToken) : Task.FromException<int>(exception),
                cancellationToken);
        }
    }

    /// <summary>One transaction; returns the number of records made.</summary>
    private Task<int> AllocateAsync(Guid[] meters, CancellationToken cancellationToken) => MoneyTransaction.RunAsync(
        contexts,
        async db =>
        {
            IReadOnlyDictionary<Guid, Facts> facts = await LoadAsync(db, meters, cancellationToken);
            return meters.Count(meter => Make(db, facts[meter], clock.GetUtcNow()) is Allocation.Made);
        },
        cancellationToken,
        MoneySteps.Allocation);

    private static string NameOf(Guid meter) => $"Meter {meter}";

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
    internal static IQueryable<UsageIncrement> Released(LagoConsoleDbContext db) => db.UsageIncrements.WhereOpen()
        .Where(increment => increment.GroupId != null && increment.MeterId != null
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
        List<Guid> productIds = [.. entitlements.Values.Select(entitlement => entitlement.ProductId).Distinct()];
        Dictionary<Guid, Product> products = await db.Products.Where(product => productIds.Contains(product.Id))
            .ToDictionaryAsync(product => product.Id, cancellationToken);
        ILookup<Guid, DimensionPrice> prices = (await db.DimensionPrices.Where(price => dimensionIds.Contains(price.DimensionId)).ToListAsync(cancellationToken))
            .ToLookup(price => price.DimensionId);
        ILookup<Guid, UsageRecordState> unsettled = (await db.UsageRecords
            .Where(record => meterIds.Contains(record.MeterId) && Unsettled.Contains(record.State)) // by index, and not by all that is settled
            .Select(record => new { record.MeterId, record.State }).ToListAsync(cancellationToken)).ToLookup(record => record.MeterId, record => record.State);
        ILookup<Guid, UsageIncrement> increments = (await Released(db).Where(increment => meterIds.Contains(increment.MeterId!.Value))
            .OrderBy(increment => increment.MeterSequence).ToListAsync(cancellationToken)).ToLookup(increment => increment.MeterId!.Value);
        List<DateTimeOffset?> lastHours = [.. meters.Select(meter => meter.LastSlotHour).Distinct()];
        var voids = (await db.UsageRecords
            .Where(record => meterIds.Contains(record.MeterId) && lastHours.Contains(record.SlotHour) && record.State == UsageRecordState.Void)
            .Select(record => new { record.MeterId, record.SlotHour }).ToListAsync(cancellationToken)).ToLookup(record => record.MeterId, record => record.SlotHour);
        return meters.ToDictionary(meter => meter.Id, meter => new Facts(
            meter, entitlements[meter.EntitlementId], products[entitlements[meter.EntitlementId].ProductId],
            [.. prices[meter.DimensionId]], [.. unsettled[meter.Id]], [.. increments[meter.Id]], voids[meter.Id].Any(hour => hour == meter.LastSlotHour)));
    }

    /// <summary>Makes the meter's next record inside a caller's transaction.</summary>
    /// <param name="isLast">It is the last one of an ended purchase (R18).</param>
    internal static async Task<Allocation> AllocateAsync(
        LagoConsoleDbContext db, Guid meterId, DateTimeOffset now, CancellationToken cancellationToken, bool isLast = false)
    {
        return Make(db, (await LoadAsync(db, [meterId], cancellationToken))[meterId], now, isLast);
    }

    private static Allocation Make(LagoConsoleDbContext db, Facts facts, DateTimeOffset now, bool isLast = false)
    {
        Allocation allocation = facts.Think(now, isLast);
        if (allocation is Allocation.Made made)
        {
            (Meter meter, Entitlement entitlement, Product product, MarketplaceRules rules) = (facts.Meter, facts.Entitlement, facts.Product, facts.Rules);
            Guid id = NewId.At(now);

            // What was not billed was not reported: the next record does not reach back over its time.
            string payload = rules.Payload(new RecordFacts(
                id, product, entitlement, meter.DimensionKey, made.SlotHour, made.Timestamp, facts.LastIsVoid ? null : meter.LastSlotHour, made.Quantity));
            Dictionary<Guid, UsageIncrement> increments = facts.Increments.ToDictionary(increment => increment.Id);
            UsageRecord record = new()
            {
                Id = id,
                MeterId = meter.Id,
                EntitlementId = entitlement.Id,
                IntegrationId = increments[made.Parts[0].IncrementId].IntegrationId,
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
            MeterBook.Allocate(meter, record, increments, made.Parts, db);
        }

        return allocation;
    }

    /// <summary>One meter, and all that its next record depends on.</summary>
    /// <param name="LastIsVoid">The record of its latest slot was not billed.</param>
    private sealed record Facts(
        Meter Meter, Entitlement Entitlement, Product Product, IReadOnlyList<DimensionPrice> Prices, IReadOnlyList<UsageRecordState> Unsettled,
        IReadOnlyList<UsageIncrement> Increments, bool LastIsVoid)
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
