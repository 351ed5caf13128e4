using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Reporting;

/// <summary>
/// What a search among records finds. A record's dimension, buyer and product are its meter's and never change, so each is sought where
/// it stands, and not anew for each of very many records.
/// </summary>
internal sealed class RecordSearch
{
    /// <summary>Records of so few meters are taken by these. Where more meters match, the newest records are soon met by looking at each.</summary>
    private const int Few = 100;

    private readonly LagoConsoleDbContext _db;
    private readonly string _pattern;
    private readonly IReadOnlyList<Guid>? _meters; // all that match; null when they are many
    private readonly IReadOnlyList<Guid>? _named; // those whose buyer or product matches; null when they are many

    private RecordSearch(LagoConsoleDbContext db, string pattern, IReadOnlyList<Guid>? meters, IReadOnlyList<Guid>? named)
    {
        (_db, _pattern, _meters, _named) = (db, pattern, meters, named);
    }

    public static async Task<RecordSearch> FindAsync(LagoConsoleDbContext db, string pattern, CancellationToken cancellationToken)
    {
        List<Guid> buyers = await db.Buyers.Where(buyer => EF.Functions.Like(buyer.Name, pattern, SearchText.Escape))
            .Select(buyer => buyer.Id).Take(Few + 1).ToListAsync(cancellationToken);
        List<Guid> products = await db.Products.Where(product => EF.Functions.Like(product.Name, pattern, SearchText.Escape))
            .Select(product => product.Id).Take(Few + 1).ToListAsync(cancellationToken);
        List<Guid>? named = null;
        if (buyers.Count <= Few && products.Count <= Few)
        {
            List<Guid> found = await (
                from entitlement in db.Entitlements
                where buyers.Contains(entitlement.BuyerId) || products.Contains(entitlement.ProductId)
                join meter in db.Meters on entitlement.Id equals meter.EntitlementId
                select meter.Id).Take(Few + 1).ToListAsync(cancellationToken);
            named = found.Count <= Few ? found : null;
        }

        List<Guid> metered = await db.Meters.Where(meter => EF.Functions.Like(meter.DimensionKey, pattern, SearchText.Escape))
            .Select(meter => meter.Id).Take(Few + 1).ToListAsync(cancellationToken);
        List<Guid>? meters = named is null ? null : [.. named.Union(metered)];
        return new RecordSearch(db, pattern, meters?.Count <= Few ? meters : null, named);
    }

    /// <summary>Those of the records that match, one by one.</summary>
    public IQueryable<UsageRecord> In(IQueryable<UsageRecord> records) =>
        _meters is { } meters ? records.Where(record => meters.Contains(record.MeterId)) : Matching(_db, records, _pattern);

    /// <summary>The same in parts that have no record in common, each of which is added up from an index.</summary>
    public IReadOnlyList<IQueryable<UsageRecord>> PartsOf(IQueryable<UsageRecord> records)
    {
        if (_meters is not null)
        {
            return [In(records)];
        }

        IQueryable<UsageRecord> others = records.Where(record => !EF.Functions.Like(record.DimensionKey, _pattern, SearchText.Escape));
        return
        [
            records.Where(record => EF.Functions.Like(record.DimensionKey, _pattern, SearchText.Escape)),
            _named is { } named ? others.Where(record => named.Contains(record.MeterId)) : Matching(_db, others, _pattern),
        ];
    }

    /// <summary>Looks at each record.</summary>
    public static IQueryable<UsageRecord> Matching(LagoConsoleDbContext db, IQueryable<UsageRecord> records, string pattern) =>
        records.Where(record => EF.Functions.Like(record.DimensionKey, pattern, SearchText.Escape)
            || db.Entitlements.Any(entitlement => entitlement.Id == record.EntitlementId
                && (db.Buyers.Any(buyer => buyer.Id == entitlement.BuyerId && EF.Functions.Like(buyer.Name, pattern, SearchText.Escape))
                    || db.Products.Any(product => product.Id == entitlement.ProductId && EF.Functions.Like(product.Name, pattern, SearchText.Escape)))));
}
