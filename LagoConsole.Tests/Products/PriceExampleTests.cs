using Bunit;
using LagoConsole.Components.Products;
using LagoConsole.Core.Products;
using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.Products;

public sealed class PriceExampleTests : MudContext
{
    [Fact]
    public void A_price_that_can_be_read_says_what_100_in_Lago_becomes() =>
        Assert.Contains("10,000", Example("0.01", "USD").Find("[role=status]").TextContent, StringComparison.Ordinal);

    [Theory]
    [InlineData("", "USD")]
    [InlineData("cheap", "USD")]
    [InlineData("0.01", "")]
    [InlineData("0.01", "XXZ")]
    public void Half_typed_it_says_nothing(string unitPrice, string currency) => Assert.Empty(Example(unitPrice, currency).FindAll("[role=status]"));

    private IRenderedComponent<PriceExample> Example(string unitPrice, string currency) => Show<PriceExample>(parameters => parameters
        .Add(example => example.UnitPrice, unitPrice)
        .Add(example => example.Currency, currency)
        .Add(example => example.Marketplace, Marketplace.Aws));
}
