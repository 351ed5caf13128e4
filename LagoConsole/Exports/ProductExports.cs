using LagoConsole.Components.Products;
using LagoConsole.Core.Exports;
using LagoConsole.Core.Products;

namespace LagoConsole.Exports;

/// <summary>The tables of Products and of one product.</summary>
internal static class ProductExports
{
    private static CsvTable<ProductRow> Products => new CsvTable<ProductRow>()
        .Id("Product ID", row => row.Id)
        .Text("Product", row => row.Name)
        .Text("Marketplace", row => row.Marketplace.Label())
        .Text("Listing", row => row.Listing)
        .Number("Dimensions", row => row.Dimensions)
        .Number("Conversions", row => row.Conversions)
        .Number("Entitlements", row => row.Entitlements);

    /// <summary>Each price of a dimension is a row; one without a price has one.</summary>
    private static CsvTable<(DimensionDetail Dimension, PriceRow? Price)> Dimensions => new CsvTable<(DimensionDetail Dimension, PriceRow? Price)>()
        .Id("Dimension ID", row => row.Dimension.Id)
        .Text("Key", row => row.Dimension.Key)
        .Text("Name", row => row.Dimension.Name)
        .Id("Price ID", row => row.Price?.Id)
        .Money("Unit price", row => row.Price?.UnitPriceMinor, row => row.Dimension.Currency)
        .Text("Currency", row => row.Dimension.Currency)
        .Text("Standing", row => row.Price is { } price ? ProductPage.Standing(price.Standing) : null)
        .Time("From (UTC)", row => row.Price?.EffectiveFrom)
        .Text("Set by", row => row.Price?.CreatedBy)
        .Id("Only for entitlement ID", row => row.Price?.EntitlementId)
        .Text("Only for buyer", row => row.Price?.BuyerName);

    private static CsvTable<ConversionRow> Conversions => new CsvTable<ConversionRow>()
        .Id("Conversion ID", row => row.Id)
        .Text("Lago metric", row => row.MetricCode)
        .Text("Dimension", row => row.DimensionKey)
        .Money("Unit price in force", row => row.PriceInForceMinor, row => row.Currency)
        .Text("Currency", row => row.Currency)
        .Text("Reported at period close only", row => ExportRoutes.YesNo(row.ReportAtCloseOnly));

    public static void Add(ExportRoutes exports)
    {
        exports.Add("products", Products, request =>
        {
            string? search = request.Text("search");
            return ExportRoutes.PagesAsync(async (skip, take) => (await request.Get<ProductQueries>().ListAsync(search, skip / take, take, request.Leaving)).Rows);
        });
        exports.Add("dimensions", Dimensions, request => OfProduct(request, product => product.Dimensions.SelectMany(
            dimension => dimension.Prices.Select(price => (dimension, (PriceRow?)price)).DefaultIfEmpty((dimension, null)))));
        exports.Add("conversions", Conversions, request => OfProduct(request, product => product.Conversions));
    }

    private static IAsyncEnumerable<TRow> OfProduct<TRow>(ExportRequest request, Func<ProductDetail, IEnumerable<TRow>> rows)
    {
        Guid id = request.Of();
        return ExportRoutes.WholeAsync(async () => await request.Get<ProductQueries>().FindAsync(id, request.Leaving) is { } product ? rows(product) : []);
    }
}
