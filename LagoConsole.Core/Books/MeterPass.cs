using LagoConsole.Core.Buyers;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Books;

/// <summary>Goes through all meters with the sums of their increments and records, and finds what the next run of Report usage will take.</summary>
internal static class MeterPass
{
    private const int AtOnce = 100;

    public static async Task RunAsync(BooksView view, CancellationToken cancellationToken)
    {
        Guid last = Guid.Empty;
        while (await view.Db.Meters.AsNoTracking().Where(meter => meter.Id.CompareTo(last) > 0)
            .OrderBy(meter => meter.Id).Take(AtOnce).ToListAsync(cancellationToken) is [.., var end] meters)
        {
            await CheckAsync(view, meters, cancellationToken);
            await FindDueAsync(view, meters, cancellationToken);
            last = end.Id;
            view.Meters += meters.Count;
            view.Progress($"{view.Meters:#,##0} meters");
        }
    }

    private static async Task CheckAsync(BooksView view, List<Meter> meters, CancellationToken cancellationToken)
    {
        (Guid first, Guid end) = (meters[0].Id, meters[^1].Id);
        Dictionary<Guid, decimal> open = [];
        var increments = view.Db.UsageIncrements.AsNoTracking()
            .Where(increment => increment.MeterId!.Value.CompareTo(first) >= 0 && increment.MeterId!.Value.CompareTo(end) <= 0)
            .Select(increment => new { MeterId = increment.MeterId!.Value, increment.OpenMinor });
        await foreach (var increment in increments.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            open[increment.MeterId] = open.GetValueOrDefault(increment.MeterId) + increment.OpenMinor;
        }

        Dictionary<Guid, decimal> allocated = [];
        Dictionary<Guid, Meter> byId = meters.ToDictionary(meter => meter.Id);
        (Guid MeterId, DateTimeOffset Hour)? before = null;
        var records = view.Db.UsageRecords.AsNoTracking()
            .Where(record => record.MeterId.CompareTo(first) >= 0 && record.MeterId.CompareTo(end) <= 0)
            .OrderBy(record => record.MeterId).ThenBy(record => record.SlotHour)
            .Select(record => new { record.Id, record.MeterId, record.SlotHour, record.State, record.Quantity, record.UnitPriceMinor });
        await foreach (var record in records.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            view.Report(BooksRules.Slot(byId[record.MeterId], record.Id, record.SlotHour, before?.MeterId == record.MeterId ? before.Value.Hour : null, view.Now));
            before = (record.MeterId, record.SlotHour);
            if (record.State != UsageRecordState.Void)
            {
                allocated[record.MeterId] = allocated.GetValueOrDefault(record.MeterId) + (record.Quantity * record.UnitPriceMinor);
            }
        }

        foreach (Meter meter in meters)
        {
            view.Report(BooksRules.Meter(meter, open.GetValueOrDefault(meter.Id), allocated.GetValueOrDefault(meter.Id)));
        }
    }

    /// <summary>Asks the ledger what it would make of the released money now; it asks the same in a run.</summary>
    private static async Task FindDueAsync(BooksView view, List<Meter> meters, CancellationToken cancellationToken)
    {
        LagoConsoleDbContext db = view.Db;
        (Guid first, Guid end) = (meters[0].Id, meters[^1].Id);
        Dictionary<Guid, decimal> released = [];
        var increments = AllocationStore.Released(db).AsNoTracking()
            .Where(increment => increment.MeterId!.Value.CompareTo(first) >= 0 && increment.MeterId!.Value.CompareTo(end) <= 0)
            .Select(increment => new { MeterId = increment.MeterId!.Value, increment.OpenMinor });
        await foreach (var increment in increments.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            released[increment.MeterId] = released.GetValueOrDefault(increment.MeterId) + increment.OpenMinor;
        }

        if (released.Count == 0)
        {
            return;
        }

        List<Guid> entitlementIds = [.. meters.Select(meter => meter.EntitlementId).Distinct()];
        List<Guid> dimensionIds = [.. meters.Select(meter => meter.DimensionId).Distinct()];
        Dictionary<Guid, Entitlement> entitlements = await db.Entitlements.AsNoTracking()
            .Where(entitlement => entitlementIds.Contains(entitlement.Id)).ToDictionaryAsync(entitlement => entitlement.Id, cancellationToken);
        ILookup<Guid, DimensionPrice> prices = (await db.DimensionPrices.AsNoTracking()
            .Where(price => dimensionIds.Contains(price.DimensionId)).ToListAsync(cancellationToken)).ToLookup(price => price.DimensionId);
        ILookup<Guid, UsageRecordState> unsettled = (await db.UsageRecords
            .Where(record => record.MeterId.CompareTo(first) >= 0 && record.MeterId.CompareTo(end) <= 0
                && record.State != UsageRecordState.Accepted && record.State != UsageRecordState.Void)
            .Select(record => new { record.MeterId, record.State }).ToListAsync(cancellationToken)).ToLookup(record => record.MeterId, record => record.State);
        foreach (Meter meter in meters.Where(meter => released.ContainsKey(meter.Id)))
        {
            OpenMoney all = new(Guid.Empty, released[meter.Id], PartlyRecorded: false);
            if (MeterLedger.Allocate(
                meter, entitlements[meter.EntitlementId], [all], [.. prices[meter.DimensionId]], [.. unsettled[meter.Id]], view.Now,
                MarketplaceRules.For(meter.Marketplace)) is Allocation.Made made)
            {
                DueMoney known = view.Due.GetValueOrDefault(meter.Currency) ?? new DueMoney(meter.Currency, 0, 0);
                view.Due[meter.Currency] = known with { Meters = known.Meters + 1, AmountMinor = known.AmountMinor + (made.Quantity * made.UnitPriceMinor) };
            }
        }
    }
}
