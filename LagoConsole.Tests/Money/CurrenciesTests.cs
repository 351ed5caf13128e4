using LagoConsole.Core.Money;
using Xunit;

namespace LagoConsole.Tests.Money;

public sealed class CurrenciesTests
{
    [Theory]
    [InlineData("USD", 100, 2)]
    [InlineData("JPY", 1, 0)]
    [InlineData("HUF", 1, 0)] // 2 decimals in ISO 4217
    [InlineData("MGA", 1, 0)] // 2 in ISO 4217
    [InlineData("UGX", 1, 0)]
    [InlineData("BHD", 1000, 3)]
    [InlineData("JOD", 1000, 3)]
    [InlineData("KWD", 1000, 3)]
    [InlineData("CLF", 10_000, 4)]
    [InlineData("MRO", 5, 1)]
    public void T19_Minor_units_are_counted_as_Lago_counts_them(string code, int minorPerMajor, int decimals) =>
        Assert.Equal(new Currency(code, minorPerMajor, decimals), Currencies.Get(code));

    [Fact]
    public void T19_Eighteen_currencies_have_no_decimals_and_five_others_are_special()
    {
        Assert.Equal(18, Currencies.All.Count(currency => currency.MinorPerMajor == 1));
        Assert.Equal(5, Currencies.All.Count(currency => currency.MinorPerMajor is not (1 or 100)));
    }

    [Theory]
    [InlineData("OMR")] // three decimals: taking it for two would bill ten times too much
    [InlineData("usd")]
    [InlineData("")]
    [InlineData(null)]
    public void T19_An_unknown_code_is_not_guessed(string? code)
    {
        Assert.False(Currencies.TryGet(code, out _));
        Assert.Throws<ArgumentException>(() => Currencies.Get(code ?? ""));
    }
}
