using LagoConsole.Core.Buyers;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Reconciliation;

/// <summary>What the page Reconciliation reads.</summary>
public sealed class ReconciliationQueries(IDbContextFactory<LagoConsoleDbContext> contexts)
{
    /// <summary>Most days of one look: their records are added up in memory, because SQLite adds no decimals.</summary>
    public const int MostDays = 31;

    /// <summary>Records named of one marketplace.</summary>
    public const int MostUnresolved = 50;

    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="MostDays"/>, or none.</exception>
    public async Task<ReconciliationOverview> LoadAsync(ReconciliationFilter filter, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(filter.Until, filter.From, nameof(filter));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(filter.Until - filter.From, TimeSpan.FromDays(MostDays), nameof(filter));
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        List<Sold> sold = await SoldAsync(db, filter.Buyer, cancellationToken);
        (List<UnresolvedRow> unresolved, Dictionary<Marketplace, int> counts) = await UnresolvedAsync(db, cancellationToken);
        List<SoleWriterRow> writers = await WritersAsync(db, cancellationToken);
        List<UsageReading> readings = await db.UsageReadings
            .Where(reading => reading.Day >= filter.From && reading.Day < filter.Until).ToListAsync(cancellationToken);
        IReadOnlyList<ReconciliationRow> rows = await RowsAsync(db, filter, sold, readings, cancellationToken);
        return new ReconciliationOverview(
            [.. rows.OrderBy(row => row.Comparison.Verdict is DayVerdict.Equal or DayVerdict.NotRead ? 1 : 0)
                .ThenByDescending(row => row.Day).ThenBy(row => row.BuyerName, StringComparer.Ordinal).ThenBy(row => row.DimensionKey, StringComparer.Ordinal)],
            readings.Count == 0 ? null : readings.Max(reading => reading.ReadAt),
            writers.Exists(product => product.Marketplace == Marketplace.Azure), unresolved, counts, writers);
    }

    /// <summary>All unresolved records of a marketplace, about in the order in which they were made.</summary>
    public IAsyncEnumerable<UnresolvedRow> StreamUnresolvedAsync(Marketplace marketplace, CancellationToken cancellationToken) => RowParts.ReadAsync(
        contexts, Guid.Empty, (db, last) => Unresolved(db, marketplace).Where(row => row.Record.Id.CompareTo(last) > 0).OrderBy(row => row.Record.Id), row => row.Record.Id,
        (_, rows) => Task.FromResult<IReadOnlyList<UnresolvedRow>>([.. rows.Select(Row)]), cancellationToken);

    /// <summary>Who reports each product's usage.</summary>
    public async Task<IReadOnlyList<SoleWriterRow>> ListWritersAsync(CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await WritersAsync(db, cancellationToken);
    }

    private static Task<List<SoleWriterRow>> WritersAsync(LagoConsoleDbContext db, CancellationToken cancellationToken) =>
        db.Products.OrderBy(product => product.Name)
            .Select(product => new SoleWriterRow(product.Id, product.Name, product.Marketplace, product.SoleWriterConfirmedBy, product.SoleWriterConfirmedAt))
            .ToListAsync(cancellationToken);

    private static async Task<IReadOnlyList<ReconciliationRow>> RowsAsync(
        LagoConsoleDbContext db, ReconciliationFilter filter, List<Sold> sold, List<UsageReading> readings, CancellationToken cancellationToken)
    {
        Dictionary<Guid, Sold> byResource = sold.ToDictionary(one => one.ResourceId);
        Dictionary<Guid, Sold> byEntitlement = sold.ToDictionary(one => one.Entitlement.Id);
        List<Guid> entitlements = [.. byEntitlement.Keys]; // and not all records of these days: there may be very many of other marketplaces
        List<UsageRecord> records = await db.UsageRecords
            .Where(record => entitlements.Contains(record.EntitlementId) && record.SlotHour >= filter.From && record.SlotHour < filter.Until)
            .ToListAsync(cancellationToken);
        var ours = records
            .ToLookup(record => (byEntitlement[record.EntitlementId].ResourceId, record.DimensionKey, Day: UtcDay.Of(record.SlotHour)));
        Dictionary<(Guid, string, DateTimeOffset), UsageReading> read = readings
            .Where(reading => filter.Buyer is null || byResource.ContainsKey(reading.ResourceId))
            .ToDictionary(reading => (reading.ResourceId, reading.DimensionKey, reading.Day));
        ILookup<(Guid ProductId, string Key), Dimension> dimensions = (await db.Dimensions.ToListAsync(cancellationToken))
            .ToLookup(dimension => (dimension.ProductId, dimension.Key));
        ILookup<Guid, DimensionPrice> prices = (await db.DimensionPrices.ToListAsync(cancellationToken)).ToLookup(price => price.DimensionId);
        List<ReconciliationRow> rows = [];
        foreach ((Guid resource, string key, DateTimeOffset day) in ours.Select(group => group.Key).Union(read.Keys))
        {
            Sold? one = byResource.GetValueOrDefault(resource);
            List<UsageRecord> ofDay = [.. ours[(resource, key, day)]];
            UsageReading? reading = read.GetValueOrDefault((resource, key, day));
            if (ofDay.Count == 0 && reading is not { Submitted: > 0 })
            {
                continue; // nothing on either side any more
            }

            (decimal? price, string? currency) = ofDay.MaxBy(record => record.SlotHour) is { } last
                ? (last.UnitPriceMinor, last.Currency)
                : Price(one, key, day);
            DayBooks books = DayBooks.Of(ofDay, isOurs: one is not null);
            rows.Add(new ReconciliationRow(
                one?.Entitlement.BuyerId, one?.BuyerName, one?.ProductName, resource, key, day, books, reading?.Total, reading?.ReadAt, price, currency,
                DayComparison.Of(books, reading?.Total, reading?.ReadAt, day, price, currency)));
        }

        return rows;

        // Of a day without a record: what its last hour would have cost.
        (decimal? PriceMinor, string? Currency) Price(Sold? one, string key, DateTimeOffset day) =>
            one is not null && dimensions[(one.Entitlement.ProductId, key)].FirstOrDefault() is { } dimension
                && PriceBook.InForce(prices[dimension.Id], one.Entitlement.Id, day.AddHours(23)) is { } inForce
                ? (inForce.UnitPriceMinor, dimension.Currency)
                : (null, null);
    }

    /// <summary>The purchases at Azure that are wanted.</summary>
    private static async Task<List<Sold>> SoldAsync(LagoConsoleDbContext db, string? buyer, CancellationToken cancellationToken)
    {
        IQueryable<Buyer> buyers = db.Buyers;
        if (SearchText.Pattern(buyer) is { } pattern)
        {
            buyers = buyers.Where(row => EF.Functions.Like(row.Name, pattern, SearchText.Escape));
        }

        return [.. (await (
            from entitlement in db.Entitlements
            join owner in buyers on entitlement.BuyerId equals owner.Id
            join product in db.Products on entitlement.ProductId equals product.Id
            where entitlement.Marketplace == Marketplace.Azure && entitlement.AzureResourceId != null
            select new { Entitlement = entitlement, Buyer = owner.Name, Product = product.Name }).ToListAsync(cancellationToken))
            .Select(row => new Sold(row.Entitlement, Guid.Parse(row.Entitlement.AzureResourceId!), row.Buyer, row.Product))];
    }

    private static async Task<(List<UnresolvedRow> Rows, Dictionary<Marketplace, int> Counts)> UnresolvedAsync(LagoConsoleDbContext db, CancellationToken cancellationToken)
    {
        IQueryable<UsageRecord> open = db.UsageRecords.Where(record => record.State == UsageRecordState.Unresolved);
        Dictionary<Marketplace, int> counts = await open.GroupBy(record => record.Marketplace)
            .Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Key, group => group.Count, cancellationToken);
        List<UnresolvedRow> rows = [];
        foreach (Marketplace marketplace in counts.Keys.Order())
        {
            List<OpenRecord> found = await Unresolved(db, marketplace).OrderBy(row => row.Record.SlotHour).ThenBy(row => row.Record.Id)
                .Take(MostUnresolved).ToListAsync(cancellationToken);
            rows.AddRange(found.Select(Row));
        }

        return (rows, counts);
    }

    private static IQueryable<OpenRecord> Unresolved(LagoConsoleDbContext db, Marketplace marketplace) =>
        from record in db.UsageRecords.AsNoTracking()
        join entitlement in db.Entitlements on record.EntitlementId equals entitlement.Id
        join buyer in db.Buyers on entitlement.BuyerId equals buyer.Id
        join product in db.Products on entitlement.ProductId equals product.Id
        where record.State == UsageRecordState.Unresolved && record.Marketplace == marketplace
        select new OpenRecord
        {
            Record = record,
            BuyerId = buyer.Id,
            Buyer = buyer.Name,
            Product = product.Name,
            Because = db.RecordReadings.Where(reading => reading.RecordId == record.Id).Select(reading => reading.Because).FirstOrDefault(),
        };

    private static UnresolvedRow Row(OpenRecord row) => new(
        new RecordRow(
            row.Record.Id, row.BuyerId, row.Buyer, row.Product, row.Record.Marketplace, row.Record.DimensionKey, row.Record.SlotHour, row.Record.Quantity,
            row.Record.UnitPriceMinor, row.Record.Currency, row.Record.State, row.Record.OutcomeAssumed, row.Record.ErrorMessage),
        row.Because);

    private sealed class OpenRecord
    {
        public required UsageRecord Record { get; init; }

        public required Guid BuyerId { get; init; }

        public required string Buyer { get; init; }

        public required string Product { get; init; }

        public required string? Because { get; init; }
    }

    /// <summary>A purchase at Azure with its names.</summary>
    private sealed record Sold(Entitlement Entitlement, Guid ResourceId, string BuyerName, string ProductName);
}
