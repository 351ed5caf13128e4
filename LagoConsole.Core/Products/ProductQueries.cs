using System.Linq.Expressions;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Products;

/// <summary>One line of the list of products.</summary>
/// <param name="Listing">What the marketplace knows it by, in words.</param>
public sealed record ProductRow(
    Guid Id, string Name, Marketplace Marketplace, string Listing, int Dimensions, int Conversions, int Entitlements);

/// <summary>What the list of products can be sorted by.</summary>
public enum ProductSort
{
    Name = 1,

    Marketplace = 2,

    Dimensions = 3,

    Conversions = 4,

    Entitlements = 5,
}

/// <summary>One page of the list.</summary>
/// <param name="Total">Products that match, on all pages.</param>
public sealed record ProductList(IReadOnlyList<ProductRow> Rows, int Total);

/// <summary>Everything that the page of one product shows.</summary>
/// <param name="AccountName">What it reports with; null for the marketplace's usual chain.</param>
public sealed record ProductDetail(
    Guid Id, string Name, Marketplace Marketplace, string Listing, DateTimeOffset CreatedAt,
    string? SoleWriterConfirmedBy, DateTimeOffset? SoleWriterConfirmedAt, Guid? AccountId, string? AccountName,
    IReadOnlyList<DimensionDetail> Dimensions, IReadOnlyList<ConversionRow> Conversions);

/// <summary>One dimension with its whole price history.</summary>
/// <param name="PriceInForceMinor">List price now, in minor units; null while none has begun.</param>
/// <param name="Prices">Latest start first.</param>
public sealed record DimensionDetail(
    Guid Id, string Key, string Name, string Currency, decimal? PriceInForceMinor, IReadOnlyList<PriceRow> Prices);

/// <summary>One price of the history.</summary>
/// <param name="BuyerName">Whose entitlement it holds for; null for a list price.</param>
public sealed record PriceRow(
    Guid Id, decimal UnitPriceMinor, DateTimeOffset EffectiveFrom, string CreatedBy, Guid? EntitlementId, string? BuyerName, PriceStanding Standing);

/// <summary>Where a price stands in its history.</summary>
public enum PriceStanding
{
    /// <summary>A later price has taken over.</summary>
    Past = 1,

    InForce = 2,

    /// <summary>Begins later.</summary>
    Scheduled = 3,
}

/// <summary>One conversion of the product.</summary>
/// <param name="ReportAtCloseOnly">A person chose that the metric is reported when its period is closed (R8).</param>
public sealed record ConversionRow(
    Guid Id, string MetricCode, Guid DimensionId, string DimensionKey, string Currency, decimal? PriceInForceMinor, bool ReportAtCloseOnly);

/// <summary>An entitlement that a price can be set for.</summary>
public sealed record EntitlementChoice(Guid Id, string BuyerName, string Identity, DateTimeOffset StartsAt);

/// <summary>What the product pages read.</summary>
public sealed class ProductQueries(IDbContextFactory<LagoConsoleDbContext> databases, TimeProvider clock)
{
    /// <param name="search">Part of the name; null or empty for all.</param>
    /// <param name="page">From 0.</param>
    /// <param name="pageSize">1 to 200.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task<ProductList> ListAsync(
        string? search, int page, int pageSize, CancellationToken cancellationToken, ProductSort sort = ProductSort.Name, bool descending = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(page);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pageSize, Math.Clamp(pageSize, 1, 200));
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        IQueryable<Product> products = db.Products.AsNoTracking();
        if (SearchText.Pattern(search) is { } pattern)
        {
            products = products.Where(product => EF.Functions.Like(product.Name, pattern, SearchText.Escape));
        }

        IOrderedQueryable<Product> sorted = sort switch
        {
            ProductSort.Name => By(product => product.Name),
            ProductSort.Marketplace => By(product => product.Marketplace),
            ProductSort.Dimensions => By(product => db.Dimensions.Count(dimension => dimension.ProductId == product.Id)),
            ProductSort.Conversions => By(product => db.DimensionConversions.Count(conversion => conversion.ProductId == product.Id)),
            ProductSort.Entitlements => By(product => db.Entitlements.Count(entitlement => entitlement.ProductId == product.Id)),
            _ => throw new ArgumentOutOfRangeException(nameof(sort), sort, "Not a sort."),
        };
        var rows = await sorted.ThenBy(product => product.Name).ThenBy(product => product.Id)
            .Skip(page * pageSize).Take(pageSize)
            .Select(product => new
            {
                Product = product,
                Dimensions = db.Dimensions.Count(dimension => dimension.ProductId == product.Id),
                Conversions = db.DimensionConversions.Count(conversion => conversion.ProductId == product.Id),
                Entitlements = db.Entitlements.Count(entitlement => entitlement.ProductId == product.Id),
            })
            .ToListAsync(cancellationToken);
        return new ProductList(
            [.. rows.Select(row => new ProductRow(row.Product.Id, row.Product.Name, row.Product.Marketplace, row.Product.Listing, row.Dimensions, row.Conversions, row.Entitlements))],
            await products.CountAsync(cancellationToken));

        IOrderedQueryable<Product> By<TKey>(Expression<Func<Product, TKey>> key) => descending ? products.OrderByDescending(key) : products.OrderBy(key);
    }

    /// <summary>Null if there is no such product.</summary>
    public async Task<ProductDetail?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        Product? product = await db.Products.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        if (product is null)
        {
            return null;
        }

        List<Dimension> dimensions = await db.Dimensions.AsNoTracking()
            .Where(dimension => dimension.ProductId == id).OrderBy(dimension => dimension.Key).ToListAsync(cancellationToken);
        ILookup<Guid, DimensionPrice> prices = (await db.DimensionPrices.AsNoTracking()
            .Where(price => db.Dimensions.Any(dimension => dimension.Id == price.DimensionId && dimension.ProductId == id))
            .ToListAsync(cancellationToken)).ToLookup(price => price.DimensionId);

        // A product may have very many entitlements; few have a price of their own.
        Dictionary<Guid, string> buyerNames = await db.DimensionPrices
            .Where(price => price.EntitlementId != null && db.Dimensions.Any(dimension => dimension.Id == price.DimensionId && dimension.ProductId == id))
            .Join(db.Entitlements, price => price.EntitlementId, entitlement => entitlement.Id, (price, entitlement) => entitlement)
            .Join(db.Buyers, entitlement => entitlement.BuyerId, buyer => buyer.Id, (entitlement, buyer) => new { entitlement.Id, buyer.Name })
            .Distinct().ToDictionaryAsync(row => row.Id, row => row.Name, cancellationToken);
        List<DimensionDetail> details = [.. dimensions.Select(dimension => new DimensionDetail(
            dimension.Id, dimension.Key, dimension.Name, dimension.Currency,
            PriceBook.InForce(prices[dimension.Id].Where(price => price.EntitlementId is null), Guid.Empty, now)?.UnitPriceMinor,
            History(prices[dimension.Id], buyerNames, now)))];
        Dictionary<Guid, DimensionDetail> byId = details.ToDictionary(dimension => dimension.Id);
        List<ConversionRow> conversions = [.. (await db.DimensionConversions.AsNoTracking()
            .Where(conversion => conversion.ProductId == id).OrderBy(conversion => conversion.MetricCode).ToListAsync(cancellationToken))
            .Select(conversion => new ConversionRow(
                conversion.Id, conversion.MetricCode, conversion.DimensionId, byId[conversion.DimensionId].Key,
                byId[conversion.DimensionId].Currency, byId[conversion.DimensionId].PriceInForceMinor, conversion.ReportAtCloseOnly))];
        return new ProductDetail(
            product.Id, product.Name, product.Marketplace, product.Listing, product.CreatedAt,
            product.SoleWriterConfirmedBy, product.SoleWriterConfirmedAt, product.AccountId,
            await db.MarketplaceAccounts.Where(account => account.Id == product.AccountId).Select(account => account.Name).SingleOrDefaultAsync(cancellationToken),
            details, conversions);
    }

    /// <summary>Entitlements of the product that a price can be set for, by buyer, then by where they are billed.</summary>
    /// <param name="text">Part of the buyer's name or of the identity; null or empty for all.</param>
    /// <param name="take">At most so many.</param>
    public async Task<IReadOnlyList<EntitlementChoice>> SearchEntitlementsAsync(Guid productId, string? text, int take, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(take);
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        var found = db.Entitlements.AsNoTracking()
            .Where(entitlement => entitlement.ProductId == productId)
            .Join(db.Buyers, entitlement => entitlement.BuyerId, buyer => buyer.Id, (entitlement, buyer) => new { Entitlement = entitlement, buyer.Name });
        if (SearchText.Pattern(text) is { } pattern)
        {
            found = found.Where(row => EF.Functions.Like(row.Name, pattern, SearchText.Escape)
                || EF.Functions.Like(row.Entitlement.Identity, pattern, SearchText.Escape));
        }

        return await found
            .OrderBy(row => row.Name).ThenBy(row => row.Entitlement.Identity)
            .Take(take)
            .Select(row => new EntitlementChoice(row.Entitlement.Id, row.Name, row.Entitlement.Identity, row.Entitlement.StartsAt))
            .ToListAsync(cancellationToken);
    }

    private static List<PriceRow> History(IEnumerable<DimensionPrice> prices, Dictionary<Guid, string> buyerNames, DateTimeOffset now) =>
        [.. prices
            .GroupBy(price => price.EntitlementId)
            .SelectMany(series =>
            {
                DimensionPrice? inForce = series.Where(price => price.EffectiveFrom <= now).MaxBy(price => price.EffectiveFrom);
                return series.Select(price => new PriceRow(
                    price.Id, price.UnitPriceMinor, price.EffectiveFrom, price.CreatedBy, price.EntitlementId,
                    price.EntitlementId is { } entitlement ? buyerNames[entitlement] : null,
                    price.EffectiveFrom > now ? PriceStanding.Scheduled
                        : price == inForce ? PriceStanding.InForce
                        : PriceStanding.Past));
            })
            .OrderByDescending(row => row.EffectiveFrom)
            .ThenBy(row => row.BuyerName, StringComparer.Ordinal)];
}
