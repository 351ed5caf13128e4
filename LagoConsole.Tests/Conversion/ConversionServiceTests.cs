using LagoConsole.Core.Conversion;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Buyers;
using Xunit;

namespace LagoConsole.Tests.Conversion;

public sealed class ConversionServiceTests : IDisposable
{
    private readonly BuyersBooks _books = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _books.Dispose();

    [Fact]
    public async Task Several_metrics_may_feed_one_dimension()
    {
        Guid product = await _books.ProductAsync();
        Guid dimension = await _books.DimensionAsync(product);

        await AddAsync(product, "api_calls", dimension);
        await AddAsync(product, "api_errors", dimension);

        Assert.Equal(
            [("api_calls", "requests"), ("api_errors", "requests")],
            (await _books.ProductQueries.FindAsync(product, Token))!.Conversions.Select(row => (row.MetricCode, row.DimensionKey)));
    }

    [Fact]
    public async Task One_metric_goes_to_one_dimension_of_a_product()
    {
        Guid product = await _books.ProductAsync();
        await AddAsync(product, "api_calls", await _books.DimensionAsync(product, "requests"));

        ProductOutcome outcome = await _books.Conversions.AddAsync(
            BuyersBooks.Olga, new NewConversion { ProductId = product, MetricCode = "api_calls", DimensionId = await _books.DimensionAsync(product, "calls") }, Token);

        Assert.Contains("already goes to requests", Assert.IsType<ProductOutcome.Refused>(outcome).Problems[ProductField.MetricCode], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_metric_may_feed_another_product_and_a_code_in_other_case_is_another_metric()
    {
        Guid one = await _books.ProductAsync("One");
        Guid two = await _books.ProductAsync("Two");
        Guid oneDimension = await _books.DimensionAsync(one);

        await AddAsync(one, "seats", oneDimension);
        await AddAsync(one, "Seats", oneDimension);
        await AddAsync(two, "seats", await _books.DimensionAsync(two));

        Assert.Equal(2, (await _books.ProductQueries.FindAsync(one, Token))!.Conversions.Count);
    }

    [Fact]
    public async Task A_foreign_currency_is_refused_at_the_dimension()
    {
        Guid product = await _books.ProductAsync();
        Guid dimension = await _books.DimensionAsync(product, currency: "USD");
        Guid buyer = await _books.BuyerAsync();
        await _books.EntitlementAsync(buyer, product);
        await _books.MarkAsync(buyer, "api_calls", "EUR");

        ProductOutcome outcome = await _books.Conversions.AddAsync(
            BuyersBooks.Olga, new NewConversion { ProductId = product, MetricCode = "api_calls", DimensionId = dimension }, Token);

        Assert.Contains("counts api_calls in EUR", Assert.IsType<ProductOutcome.Refused>(outcome).Problems[ProductField.Dimension], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Money_of_buyers_of_other_products_says_nothing_about_this_one()
    {
        Guid product = await _books.ProductAsync();
        await _books.MarkAsync(await _books.BuyerAsync(), "api_calls", "EUR");

        await AddAsync(product, "api_calls", await _books.DimensionAsync(product));

        Assert.Single((await _books.ProductQueries.FindAsync(product, Token))!.Conversions);
    }

    [Fact]
    public async Task Both_empty_fields_have_their_sentence()
    {
        ProductOutcome outcome = await _books.Conversions.AddAsync(BuyersBooks.Olga, new NewConversion { ProductId = await _books.ProductAsync() }, Token);

        Assert.Equal([ProductField.MetricCode, ProductField.Dimension], Assert.IsType<ProductOutcome.Refused>(outcome).Problems.Keys.Order());
    }

    [Fact]
    public async Task A_removed_conversion_is_gone_and_audited_and_a_second_removal_is_told()
    {
        Guid product = await _books.ProductAsync();
        Guid conversion = await AddAsync(product, "api_calls", await _books.DimensionAsync(product));

        ProductOutcome removed = await _books.Conversions.RemoveAsync(BuyersBooks.Olga, conversion, Token);
        ProductOutcome again = await _books.Conversions.RemoveAsync(BuyersBooks.Olga, conversion, Token);

        Assert.Contains("its new money waits", Assert.IsType<ProductOutcome.Saved>(removed).Sentence, StringComparison.Ordinal);
        Assert.IsType<ProductOutcome.ChangedMeanwhile>(again);
        Assert.Equal("olga@vendor.example: Remove conversion", (await _books.AuditAsync())[^1]);
    }

    [Fact]
    public async Task R8_Report_at_period_close_only_is_chosen_with_the_conversion_and_changed_later()
    {
        Guid product = await _books.ProductAsync();
        Guid conversion = BuyersBooks.Saved(await _books.Conversions.AddAsync(
            BuyersBooks.Olga,
            new NewConversion { ProductId = product, MetricCode = "api_calls", DimensionId = await _books.DimensionAsync(product), ReportAtCloseOnly = true },
            Token));
        Assert.True(Assert.Single((await _books.ProductQueries.FindAsync(product, Token))!.Conversions).ReportAtCloseOnly);

        ProductOutcome changed = await _books.Conversions.SetReportAtCloseOnlyAsync(BuyersBooks.Olga, conversion, false, Token);

        Assert.Contains("as it grows", Assert.IsType<ProductOutcome.Saved>(changed).Sentence, StringComparison.Ordinal);
        Assert.False(Assert.Single((await _books.ProductQueries.FindAsync(product, Token))!.Conversions).ReportAtCloseOnly);
        Assert.Equal("olga@vendor.example: Edit conversion", (await _books.AuditAsync())[^1]);

        await _books.Conversions.SetReportAtCloseOnlyAsync(BuyersBooks.Olga, conversion, false, Token); // nothing new, nothing audited
        Assert.Equal(1, (await _books.AuditAsync()).Count(entry => entry.EndsWith("Edit conversion", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_conversion_that_somebody_removed_cannot_be_changed()
    {
        ProductOutcome outcome = await _books.Conversions.SetReportAtCloseOnlyAsync(BuyersBooks.Olga, Guid.NewGuid(), true, Token);

        Assert.IsType<ProductOutcome.ChangedMeanwhile>(outcome);
    }

    [Fact]
    public async Task A_viewer_changes_nothing()
    {
        Guid product = await _books.ProductAsync();
        Guid dimension = await _books.DimensionAsync(product);
        Guid conversion = await AddAsync(product, "api_calls", dimension);

        await Assert.ThrowsAsync<ForbiddenException>(() => _books.Conversions.AddAsync(
            BuyersBooks.Vera, new NewConversion { ProductId = product, MetricCode = "x", DimensionId = dimension }, Token));
        await Assert.ThrowsAsync<ForbiddenException>(() => _books.Conversions.RemoveAsync(BuyersBooks.Vera, conversion, Token));
        await Assert.ThrowsAsync<ForbiddenException>(() => _books.Conversions.SetReportAtCloseOnlyAsync(BuyersBooks.Vera, conversion, true, Token));
    }

    private async Task<Guid> AddAsync(Guid product, string code, Guid dimension) => BuyersBooks.Saved(await _books.Conversions.AddAsync(
        BuyersBooks.Olga, new NewConversion { ProductId = product, MetricCode = code, DimensionId = dimension }, Token));
}
