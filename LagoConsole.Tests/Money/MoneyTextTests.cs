using CsCheck;
using LagoConsole.Core.Money;
using Xunit;

namespace LagoConsole.Tests.Money;

public sealed class MoneyTextTests
{
    [Theory]
    [InlineData(0, "USD", "0.00 USD")]
    [InlineData(1, "USD", "0.01 USD")]
    [InlineData(123456, "EUR", "1,234.56 EUR")]
    [InlineData(-5, "USD", "-0.05 USD")]
    [InlineData(61700, "JPY", "61,700 JPY")]
    [InlineData(61700, "HUF", "61,700 HUF")]
    [InlineData(1234, "KWD", "1.234 KWD")]
    [InlineData(12345, "CLF", "1.2345 CLF")]
    [InlineData(7, "MRO", "1.4 MRO")]
    [InlineData(long.MaxValue, "USD", "92,233,720,368,547,758.07 USD")]
    [InlineData(12345, "XYZ", "12,345 minor units of XYZ")]
    public void T19_Amounts_are_shown_with_their_currencys_decimals(long minor, string currency, string shown) =>
        Assert.Equal(shown, MoneyText.Format(minor, currency));

    [Theory]
    [InlineData("0.4", "USD", "0.004 USD")]
    [InlineData("0.000001", "USD", "0.00000001 USD")]
    [InlineData("99.5", "JPY", "99.5 JPY")]
    [InlineData("0.5", "MRO", "0.1 MRO")]
    [InlineData("100", "USD", "1.00 USD")]
    public void R1_Parts_of_a_minor_unit_are_shown_not_rounded(string minor, string currency, string shown) =>
        Assert.Equal(shown, MoneyText.Format(decimal.Parse(minor, System.Globalization.CultureInfo.InvariantCulture), currency));

    [Theory]
    [InlineData("12.34", "USD", 1234)]
    [InlineData(" 12 ", "USD", 1200)]
    [InlineData("0", "USD", 0)]
    [InlineData(".5", "USD", 50)]
    [InlineData("5.", "USD", 500)]
    [InlineData("12.340000", "USD", 1234)]
    [InlineData("00012.3", "USD", 1230)]
    [InlineData("61700", "JPY", 61700)]
    [InlineData("1.234", "BHD", 1234)]
    [InlineData("1.4", "MRO", 7)]
    [InlineData("92233720368547758.07", "USD", long.MaxValue)]
    public void R1_T19_A_typed_amount_is_taken_exactly(string typed, string currency, long minor)
    {
        Assert.True(MoneyText.TryParse(typed, currency, out long parsed, out string? problem));
        Assert.Equal(minor, parsed);
        Assert.Null(problem);
    }

    [Theory]
    [InlineData(null, "USD", "Type an amount")]
    [InlineData("", "JPY", "Type an amount")]
    [InlineData("12.345", "USD", "smallest amount is 0.01")]
    [InlineData("1.5", "JPY", "smallest amount is 1.")]
    [InlineData("1.3", "MRO", "smallest amount is 0.2")]
    [InlineData("-1", "USD", "negative")]
    [InlineData("1,234", "USD", "point for decimals")]
    [InlineData("1.2.3", "USD", "not an amount")]
    [InlineData(".", "USD", "not an amount")]
    [InlineData("1e3", "USD", "not an amount")]
    [InlineData("$5", "USD", "not an amount")]
    [InlineData("٣", "USD", "not an amount")]
    [InlineData("92233720368547758.08", "USD", "too large")]
    [InlineData("0.00000000000000000000000000000001", "USD", "too many digits")]
    [InlineData("99999999999999999999999", "USD", "too many digits")]
    [InlineData("5", "XYZ", "not a currency")]
    [InlineData("5", "usd", "not a currency")]
    public void What_cannot_be_taken_exactly_is_refused_with_a_sentence(string? typed, string currency, string told)
    {
        Assert.False(MoneyText.TryParse(typed, currency, out long minor, out string? problem));
        Assert.Equal(0, minor);
        Assert.Contains(told, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.00002", "USD", "0.002")]
    [InlineData("0.00000001", "USD", "0.000001")]
    [InlineData("25", "JPY", "25")]
    [InlineData("0.02", "MRO", "0.1")]
    public void A_price_may_be_part_of_a_minor_unit(string typed, string currency, string minor)
    {
        Assert.True(MoneyText.TryParsePrice(typed, currency, out decimal parsed, out _));
        Assert.Equal(decimal.Parse(minor, System.Globalization.CultureInfo.InvariantCulture), parsed);
    }

    [Theory]
    [InlineData("0.000000001", "USD", "8 decimals")]
    [InlineData("100000000000", "USD", "too large")]
    [InlineData("-1", "USD", "negative")]
    public void A_price_that_cannot_be_stored_is_refused(string typed, string currency, string told)
    {
        Assert.False(MoneyText.TryParsePrice(typed, currency, out decimal minor, out string? problem));
        Assert.Equal(0m, minor);
        Assert.Contains(told, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_plainly_is_read_back_in_every_currency() =>
        Gen.Select(Gen.Int[0, Currencies.All.Count - 1], Gen.Long[0, long.MaxValue]).Sample((index, minor) =>
        {
            string code = Currencies.All[index].Code;
            return MoneyText.TryParse(MoneyText.FormatPlain(minor, code), code, out long read, out _) && read == minor;
        });

    [Fact]
    public void The_culture_of_the_machine_does_not_matter()
    {
        System.Globalization.CultureInfo before = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            System.Globalization.CultureInfo.CurrentCulture = System.Globalization.CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal("1,234.50 EUR", MoneyText.Format(123450, "EUR"));
            Assert.True(MoneyText.TryParse("1234.50", "EUR", out long minor, out _));
            Assert.Equal(123450, minor);
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
    }
}
