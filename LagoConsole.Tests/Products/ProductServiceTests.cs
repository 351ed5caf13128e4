using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Buyers;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Products;

public sealed class ProductServiceTests : IDisposable
{
    private readonly BuyersBooks _books = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _books.Dispose();

    [Fact]
    public async Task A_product_is_created_trimmed_and_audited()
    {
        Guid id = BuyersBooks.Saved(await _books.Products.CreateAsync(
            BuyersBooks.Olga, new NewProduct { Name = " Acme API ", AwsRegion = "us-east-1", AwsProductCode = " " }, Token));

        ProductDetail product = (await _books.ProductQueries.FindAsync(id, Token))!;
        Assert.Equal(("Acme API", "us-east-1"), (product.Name, product.Listing));
        Assert.Equal(["olga@vendor.example: Create product"], await _books.AuditAsync());
    }

    [Theory]
    [InlineData(Marketplace.Aws, new[] { ProductField.Name, ProductField.AwsRegion, ProductField.AwsProductCode })]
    [InlineData(Marketplace.Azure, new[] { ProductField.Name, ProductField.AzureOfferId, ProductField.AzurePlanId })]
    [InlineData(Marketplace.Gcp, new[] { ProductField.Name, ProductField.GcpServiceName })]
    [InlineData((Marketplace)9, new[] { ProductField.Name, ProductField.Marketplace })]
    public async Task Every_wrong_field_of_a_product_has_its_sentence_and_nothing_is_stored(Marketplace marketplace, ProductField[] wrong)
    {
        ProductOutcome outcome = await _books.Products.CreateAsync(
            BuyersBooks.Olga,
            new NewProduct
            {
                Name = " ",
                Marketplace = marketplace,
                AwsRegion = "mars-1",
                AwsProductCode = "a b",
                AzureOfferId = "An Offer",
                AzurePlanId = "",
                GcpServiceName = "https://service",
            },
            Token);

        Assert.Equal(wrong.Order(), Assert.IsType<ProductOutcome.Refused>(outcome).Problems.Keys.Order());
        Assert.Empty((await _books.ProductQueries.ListAsync(null, 0, 20, Token)).Rows);
        Assert.Empty(await _books.AuditAsync());
    }

    [Fact]
    public async Task A_name_is_given_once()
    {
        await _books.ProductAsync("Acme API");

        ProductOutcome outcome = await _books.Products.CreateAsync(BuyersBooks.Olga, new NewProduct { Name = "Acme API", AwsRegion = "us-east-1" }, Token);

        Assert.Contains("already a product called Acme API", Assert.IsType<ProductOutcome.Refused>(outcome).Problems[ProductField.Name], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dimension_comes_with_its_first_price_so_that_the_hour_just_closed_has_one()
    {
        Guid product = await _books.ProductAsync();

        await _books.DimensionAsync(product, unitPrice: "0.01");

        DimensionDetail dimension = Assert.Single((await _books.ProductQueries.FindAsync(product, Token))!.Dimensions);
        PriceRow price = Assert.Single(dimension.Prices);
        Assert.Equal((1m, PriceStanding.InForce), (price.UnitPriceMinor, price.Standing));
        Assert.Equal(new DateTimeOffset(2026, 3, 9, 12, 0, 0, TimeSpan.Zero), price.EffectiveFrom);
    }

    [Theory]
    [InlineData("", "Requests", "USD", "0.01", ProductField.DimensionKey)]
    [InlineData("requests", " ", "USD", "0.01", ProductField.DimensionName)]
    [InlineData("requests", "Requests", "BTC", "0.01", ProductField.Currency)]
    [InlineData("requests", "Requests", "USD", "0", ProductField.UnitPrice)]
    [InlineData("requests", "Requests", "USD", "0.0000000001", ProductField.UnitPrice)]
    public async Task A_wrong_field_of_a_dimension_has_its_sentence(string key, string name, string currency, string price, ProductField field)
    {
        Guid product = await _books.ProductAsync();

        ProductOutcome outcome = await _books.Products.AddDimensionAsync(
            BuyersBooks.Olga, new NewDimension { ProductId = product, Key = key, Name = name, Currency = currency, UnitPrice = price }, Token);

        Assert.Equal([field], Assert.IsType<ProductOutcome.Refused>(outcome).Problems.Keys);
        Assert.Empty((await _books.ProductQueries.FindAsync(product, Token))!.Dimensions);
    }

    [Fact]
    public async Task A_dimension_key_is_used_once_per_product_and_case_matters()
    {
        Guid product = await _books.ProductAsync();
        await _books.DimensionAsync(product, "seats");

        await _books.DimensionAsync(product, "Seats");
        ProductOutcome again = await _books.Products.AddDimensionAsync(
            BuyersBooks.Olga, new NewDimension { ProductId = product, Key = "seats", Name = "Seats", UnitPrice = "1" }, Token);

        Assert.Contains("already has the dimension seats", Assert.IsType<ProductOutcome.Refused>(again).Problems[ProductField.DimensionKey], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_later_price_begins_now_and_the_history_keeps_the_old_one()
    {
        Guid product = await _books.ProductAsync();
        Guid dimension = await _books.DimensionAsync(product, unitPrice: "0.01");
        _books.Clock.Advance(TimeSpan.FromMinutes(5));

        BuyersBooks.Saved(await _books.Products.SetPriceAsync(BuyersBooks.Olga, new NewPrice { DimensionId = dimension, UnitPrice = "0.02" }, Token));

        DimensionDetail detail = Assert.Single((await _books.ProductQueries.FindAsync(product, Token))!.Dimensions);
        Assert.Equal(2m, detail.PriceInForceMinor);
        Assert.Equal([(2m, PriceStanding.InForce), (1m, PriceStanding.Past)], detail.Prices.Select(price => (price.UnitPriceMinor, price.Standing)));
    }

    [Fact]
    public async Task A_price_of_a_later_moment_is_scheduled()
    {
        Guid product = await _books.ProductAsync();
        Guid dimension = await _books.DimensionAsync(product, unitPrice: "0.01");

        BuyersBooks.Saved(await _books.Products.SetPriceAsync(
            BuyersBooks.Olga, new NewPrice { DimensionId = dimension, UnitPrice = "0.02", EffectiveFrom = BuyersBooks.Now.AddDays(1) }, Token));

        DimensionDetail detail = Assert.Single((await _books.ProductQueries.FindAsync(product, Token))!.Dimensions);
        Assert.Equal(1m, detail.PriceInForceMinor);
        Assert.Equal(PriceStanding.Scheduled, detail.Prices[0].Standing);
    }

    [Fact]
    public async Task A_later_price_in_the_past_is_refused()
    {
        Guid dimension = await _books.DimensionAsync(await _books.ProductAsync());

        ProductOutcome outcome = await _books.Products.SetPriceAsync(
            BuyersBooks.Olga, new NewPrice { DimensionId = dimension, UnitPrice = "0.02", EffectiveFrom = BuyersBooks.Now.AddMinutes(-1) }, Token);

        Assert.Contains("cannot begin in the past", Assert.IsType<ProductOutcome.Refused>(outcome).Problems[ProductField.EffectiveFrom], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_list_prices_never_begin_at_one_moment()
    {
        // The unique index cannot see it: SQL takes no two missing entitlements for equal.
        Guid dimension = await _books.DimensionAsync(await _books.ProductAsync());
        NewPrice price = new() { DimensionId = dimension, UnitPrice = "0.02", EffectiveFrom = BuyersBooks.Now.AddDays(1) };
        BuyersBooks.Saved(await _books.Products.SetPriceAsync(BuyersBooks.Olga, price, Token));

        ProductOutcome outcome = await _books.Products.SetPriceAsync(BuyersBooks.Olga, price, Token);

        Assert.Contains("Another price begins at that very moment", Assert.IsType<ProductOutcome.Refused>(outcome).Problems[ProductField.EffectiveFrom], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_price_of_an_entitlement_covers_its_first_hour_and_leaves_the_list_price_alone()
    {
        Guid product = await _books.ProductAsync();
        Guid dimension = await _books.DimensionAsync(product, unitPrice: "0.01");
        Guid entitlement = await _books.EntitlementAsync(
            await _books.BuyerAsync(), product, startsAt: new DateTimeOffset(2026, 3, 10, 10, 40, 0, TimeSpan.Zero));

        BuyersBooks.Saved(await _books.Products.SetPriceAsync(
            BuyersBooks.Olga, new NewPrice { DimensionId = dimension, EntitlementId = entitlement, UnitPrice = "0.005" }, Token));

        DimensionDetail detail = Assert.Single((await _books.ProductQueries.FindAsync(product, Token))!.Dimensions);
        Assert.Equal(1m, detail.PriceInForceMinor);
        PriceRow own = Assert.Single(detail.Prices, price => price.EntitlementId == entitlement);
        Assert.Equal((0.5m, new DateTimeOffset(2026, 3, 10, 10, 0, 0, TimeSpan.Zero), "Globex"), (own.UnitPriceMinor, own.EffectiveFrom, own.BuyerName));
    }

    [Fact]
    public async Task A_first_price_of_an_entitlement_begins_now_when_list_price_was_billed()
    {
        Guid product = await _books.ProductAsync();
        Guid dimension = await _books.DimensionAsync(product);
        Guid entitlement = await _books.EntitlementAsync(
            await _books.BuyerAsync(), product, startsAt: new DateTimeOffset(2026, 3, 10, 10, 0, 0, TimeSpan.Zero));
        await _books.BilledAsync(entitlement, dimension, new DateTimeOffset(2026, 3, 10, 11, 0, 0, TimeSpan.Zero));

        BuyersBooks.Saved(await _books.Products.SetPriceAsync(
            BuyersBooks.Olga, new NewPrice { DimensionId = dimension, EntitlementId = entitlement, UnitPrice = "0.005" }, Token));

        DimensionDetail detail = Assert.Single((await _books.ProductQueries.FindAsync(product, Token))!.Dimensions);
        Assert.Equal(BuyersBooks.Now, Assert.Single(detail.Prices, price => price.EntitlementId == entitlement).EffectiveFrom);
    }

    [Fact]
    public async Task A_price_for_an_entitlement_of_another_product_is_refused()
    {
        Guid dimension = await _books.DimensionAsync(await _books.ProductAsync("One"));
        Guid foreign = await _books.EntitlementAsync(await _books.BuyerAsync(), await _books.ProductAsync("Two"));

        ProductOutcome outcome = await _books.Products.SetPriceAsync(
            BuyersBooks.Olga, new NewPrice { DimensionId = dimension, EntitlementId = foreign, UnitPrice = "1" }, Token);

        Assert.Equal([ProductField.Entitlement], Assert.IsType<ProductOutcome.Refused>(outcome).Problems.Keys);
    }

    [Fact]
    public async Task Sole_writer_is_confirmed_under_a_name_and_taken_back()
    {
        Guid product = await _books.ProductAsync();

        BuyersBooks.Saved(await _books.Products.ConfirmSoleWriterAsync(BuyersBooks.Olga, product, confirmed: true, Token));
        Assert.Equal("olga@vendor.example", (await _books.ProductQueries.FindAsync(product, Token))!.SoleWriterConfirmedBy);

        BuyersBooks.Saved(await _books.Products.ConfirmSoleWriterAsync(BuyersBooks.Olga, product, confirmed: false, Token));
        Assert.Null((await _books.ProductQueries.FindAsync(product, Token))!.SoleWriterConfirmedBy);
        Assert.Equal(
            ["olga@vendor.example: Create product", "olga@vendor.example: Confirm sole writer", "olga@vendor.example: Withdraw sole writer"],
            await _books.AuditAsync());
    }

    [Fact]
    public async Task A_viewer_changes_nothing()
    {
        Guid product = await _books.ProductAsync();
        Guid dimension = await _books.DimensionAsync(product);

        await Assert.ThrowsAsync<ForbiddenException>(() => _books.Products.CreateAsync(BuyersBooks.Vera, new NewProduct { Name = "x", AwsRegion = "us-east-1" }, Token));
        await Assert.ThrowsAsync<ForbiddenException>(() => _books.Products.AddDimensionAsync(BuyersBooks.Vera, new NewDimension { ProductId = product }, Token));
        await Assert.ThrowsAsync<ForbiddenException>(() => _books.Products.SetPriceAsync(BuyersBooks.Vera, new NewPrice { DimensionId = dimension, UnitPrice = "1" }, Token));
        await Assert.ThrowsAsync<ForbiddenException>(() => _books.Products.ConfirmSoleWriterAsync(BuyersBooks.Vera, product, true, Token));
    }

    [Fact]
    public async Task The_list_is_searched_and_paged_on_the_server()
    {
        foreach (string name in new[] { "Beta", "Alpha", "100% uptime", "100 units" })
        {
            await _books.ProductAsync(name);
        }

        ProductList secondPage = await _books.ProductQueries.ListAsync(null, page: 1, pageSize: 3, Token);
        ProductList percent = await _books.ProductQueries.ListAsync("100%", 0, 20, Token);

        Assert.Equal((4, "Beta"), (secondPage.Total, Assert.Single(secondPage.Rows).Name));
        Assert.Equal("100% uptime", Assert.Single(percent.Rows).Name);
    }

    [Theory]
    [InlineData(null, 2, "100% Fun, Globex")]
    [InlineData("glob", 20, "Globex")]
    [InlineData("0%", 20, "100% Fun")]
    [InlineData("777777777777", 20, "Initech")]
    [InlineData("nobody", 20, "")]
    public async Task Entitlements_are_searched_by_buyer_and_identity_within_their_product(string? text, int take, string expected)
    {
        Guid product = await _books.ProductAsync();
        await _books.EntitlementAsync(await _books.BuyerAsync("Initech"), product, "777777777777");
        await _books.EntitlementAsync(await _books.BuyerAsync("100% Fun"), product, "222222222222");
        await _books.EntitlementAsync(await _books.BuyerAsync("Globex"), product, "333333333333");
        await _books.EntitlementAsync(await _books.BuyerAsync("Globex abroad"), await _books.ProductAsync("Another"), "444444444444");

        IReadOnlyList<EntitlementChoice> found = await _books.ProductQueries.SearchEntitlementsAsync(product, text, take, Token);

        Assert.Equal(expected, string.Join(", ", found.Select(entitlement => entitlement.BuyerName)));
    }

    [Theory]
    [InlineData(ProductSort.Name, true, "Gamma Beta Alpha")]
    [InlineData(ProductSort.Marketplace, false, "Alpha Beta Gamma")] // all at AWS: by name
    [InlineData(ProductSort.Dimensions, true, "Beta Gamma Alpha")]
    [InlineData(ProductSort.Conversions, false, "Alpha Gamma Beta")]
    [InlineData(ProductSort.Entitlements, true, "Gamma Alpha Beta")]
    public async Task The_list_is_sorted_on_the_server(ProductSort sort, bool descending, string expected)
    {
        await _books.ProductAsync("Alpha");
        Guid beta = await _books.ProductAsync("Beta");
        Guid gamma = await _books.ProductAsync("Gamma");
        Guid requests = await _books.DimensionAsync(beta);
        await _books.DimensionAsync(beta, "seats");
        await _books.DimensionAsync(gamma);
        BuyersBooks.Saved(await _books.Conversions.AddAsync(
            BuyersBooks.Olga, new Core.Conversion.NewConversion { ProductId = beta, MetricCode = "api_calls", DimensionId = requests }, Token));
        await _books.EntitlementAsync(await _books.BuyerAsync(), gamma);

        ProductList all = await _books.ProductQueries.ListAsync(null, 0, 25, Token, sort, descending);

        Assert.Equal(expected.Split(' '), all.Rows.Select(row => row.Name));
    }

    [Fact]
    public async Task Two_people_who_change_one_product_at_once_are_told()
    {
        Guid product = await _books.ProductAsync();
        await using LagoConsoleDbContext other = _books.Database.CreateDbContext();
        Product seen = await other.Products.SingleAsync(row => row.Id == product, Token);

        await _books.DimensionAsync(product);
        other.Entry(seen).Property(row => row.Version).IsModified = true;

        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => other.SaveChangesAsync(Token));
    }
}
