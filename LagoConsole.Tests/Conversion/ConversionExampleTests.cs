using CsCheck;
using LagoConsole.Core.Conversion;
using Xunit;

namespace LagoConsole.Tests.Conversion;

public sealed class ConversionExampleTests
{
    private const long AwsMost = 2_147_483_647;

    [Theory]
    [InlineData("1", "USD", "100.00 USD in Lago becomes 10,000 units, billed 10,000 × 0.01 USD.")]
    [InlineData("10000", "USD", "100.00 USD in Lago becomes 1 unit, billed 1 × 100.00 USD.")]
    [InlineData("300", "USD", "100.00 USD in Lago becomes 33 units, billed 33 × 3.00 USD = 99.00 USD; 1.00 USD stays as money towards the next unit.")]
    [InlineData("0.1", "USD", "100.00 USD in Lago becomes 100,000 units, billed 100,000 × 0.001 USD.")]
    [InlineData("25000", "USD", "100.00 USD in Lago becomes 0 units: one unit costs 250.00 USD. The money stays in the books until it fills a unit.")]
    [InlineData("7", "JPY", "100 JPY in Lago becomes 14 units, billed 14 × 7 JPY = 98 JPY; 2 JPY stays as money towards the next unit.")]
    [InlineData("1", "KWD", "100.000 KWD in Lago becomes 100,000 units, billed 100,000 × 0.001 KWD.")]
    [InlineData("0.000003", "USD", "100.00 USD in Lago becomes 3,333,333,333 units, billed 3,333,333,333 × 0.00000003 USD = 99.99999999 USD; 0.00000001 USD stays as money towards the next unit. One record holds 2,147,483,647 units at most; the rest follows in later hours.")]
    public void Says_what_a_hundred_in_Lago_becomes(string unitPriceMinor, string currency, string sentence) => Assert.Equal(
        sentence,
        ConversionExample.Of(decimal.Parse(unitPriceMinor, System.Globalization.CultureInfo.InvariantCulture), currency).Sentence(AwsMost));

    [Fact]
    public void Says_that_the_rest_follows_later_only_where_one_record_does_not_hold_all()
    {
        ConversionExample example = ConversionExample.Of(1, "USD"); // 10,000 units

        Assert.DoesNotContain("One record holds", example.Sentence(10_000), StringComparison.Ordinal);
        Assert.Contains("One record holds 9,999 units at most", example.Sentence(9_999), StringComparison.Ordinal);
    }

    [Fact]
    public void Units_times_price_plus_the_remainder_is_the_whole_and_the_remainder_is_below_one_unit() =>
        Gen.Long[1, 10_000_000_000].Select(millionths => millionths / 1_000_000m).Sample(
            price =>
            {
                ConversionExample example = ConversionExample.Of(price, "USD");
                return example.LagoMinor == 10_000
                    && (example.Units * price) + example.RemainderMinor == 10_000
                    && example.RemainderMinor >= 0 && example.RemainderMinor < price;
            },
            iter: 5_000);

    [Fact]
    public void A_price_of_zero_has_no_example() => Assert.Throws<ArgumentOutOfRangeException>(() => ConversionExample.Of(0, "USD"));
}
