using LagoConsole.Core.Products;
using Xunit;

namespace LagoConsole.Tests.Products;

public sealed class ProductChecksTests
{
    [Theory]
    [InlineData("0.01", "USD", "1")]
    [InlineData("1", "USD", "100")]
    [InlineData("0.001", "USD", "0.1")]
    [InlineData("0.00000001", "USD", "0.000001")]
    [InlineData(" 0.05 ", "EUR", "5")]
    [InlineData("10", "JPY", "10")]
    [InlineData("0.5", "JPY", "0.5")]
    [InlineData("0.001", "KWD", "1")]
    public void A_unit_price_is_read_exactly_into_minor_units(string typed, string currency, string minor)
    {
        Assert.True(ProductChecks.TryReadUnitPrice(typed, currency, out decimal price, out string? problem), problem);

        Assert.Equal(decimal.Parse(minor, System.Globalization.CultureInfo.InvariantCulture), price);
    }

    [Theory]
    [InlineData(null, "Type the price of one unit")]
    [InlineData("  ", "Type the price of one unit")]
    [InlineData("0", "A price of zero")]
    [InlineData("0.00", "A price of zero")]
    [InlineData("-0.01", "cannot be negative")]
    [InlineData("0.000000001", "8 decimals at most")]
    [InlineData("0,01", "Use a point")]
    [InlineData("one cent", "not an amount")]
    public void A_unit_price_that_cannot_be_billed_is_refused_with_a_sentence(string? typed, string sentence)
    {
        Assert.False(ProductChecks.TryReadUnitPrice(typed, "USD", out _, out string? problem));

        Assert.Contains(sentence, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("requests", null)]
    [InlineData("Requests per 1,000 (EU)", null)]
    [InlineData(null, "Enter the dimension's key")]
    [InlineData("", "Enter the dimension's key")]
    [InlineData(" requests", "begins or ends with a space")]
    [InlineData("   ", "Enter the dimension's key")]
    [InlineData("a\u0007b", "line break or tab")]
    public void A_dimension_key_is_the_marketplaces_own(string? key, string? sentence) => AssertSays(sentence, ProductChecks.DimensionKey(Marketplace.Aws, key));

    [Fact]
    public void A_dimension_key_of_255_characters_fits_and_one_of_256_does_not()
    {
        Assert.Null(ProductChecks.DimensionKey(Marketplace.Aws, new string('k', 255)));
        AssertSays("at most 255", ProductChecks.DimensionKey(Marketplace.Azure, new string('k', 256)));
    }

    [Theory]
    [InlineData("gold_usage_fee", null)]
    [InlineData("", "Enter the metric's ID")]
    [InlineData("example.cloud.goog/gold_usage_fee", "Leave out the service's name")]
    [InlineData("gold usage", "letters, digits")]
    public void A_metric_of_Google_is_named_without_its_service(string? key, string? sentence) => AssertSays(sentence, ProductChecks.DimensionKey(Marketplace.Gcp, key));

    [Theory]
    [InlineData("USD", null)]
    [InlineData("MRO", null)]
    [InlineData(null, "Choose the currency")]
    [InlineData("usd", "not a currency that Lago counts in")]
    [InlineData("BTC", "not a currency that Lago counts in")]
    public void A_currency_is_one_that_Lago_counts_in(string? currency, string? sentence) => AssertSays(sentence, ProductChecks.Currency(currency));

    [Theory]
    [InlineData("us-east-1", null)]
    [InlineData("eu-central-1", null)]
    [InlineData("", "Choose the region")]
    [InlineData("us-gov-west-1", "Choose the region")]
    [InlineData("US-EAST-1", "Choose the region")]
    public void A_region_is_one_of_the_closed_list(string? region, string? sentence) => AssertSays(sentence, ProductChecks.AwsRegion(region));

    [Theory]
    [InlineData(null, null)]
    [InlineData("8f2k4mzq9x1a", null)]
    [InlineData("two words", "has letters, digits")]
    [InlineData("code|other", "has letters, digits")]
    public void A_product_code_is_optional_and_plain(string? code, string? sentence) => AssertSays(sentence, ProductChecks.AwsProductCode(code));

    private static void AssertSays(string? expected, string? problem)
    {
        if (expected is null)
        {
            Assert.Null(problem);
        }
        else
        {
            Assert.Contains(expected, problem, StringComparison.Ordinal);
        }
    }
}
