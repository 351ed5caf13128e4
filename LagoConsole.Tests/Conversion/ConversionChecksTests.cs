using LagoConsole.Core.Conversion;
using LagoConsole.Core.Polling;
using Xunit;

namespace LagoConsole.Tests.Conversion;

public sealed class ConversionChecksTests
{
    [Theory]
    [InlineData("api_calls", null)]
    [InlineData("storage.gb/month", null)]
    [InlineData(null, "Choose the Lago metric")]
    [InlineData("", "Choose the Lago metric")]
    [InlineData(" ", "begins or ends with a space")]
    [InlineData("api_calls ", "begins or ends with a space")]
    [InlineData("a\nb", "at most 255 visible characters")]
    public void A_metric_code_is_exact(string? code, string? sentence)
    {
        string? problem = ConversionChecks.MetricCode(code);

        if (sentence is null)
        {
            Assert.Null(problem);
        }
        else
        {
            Assert.Contains(sentence, problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_metric_never_seen_or_seen_in_the_dimensions_currency_fits()
    {
        Assert.IsType<CurrencyFit.Fits>(ConversionChecks.Currency("api_calls", "requests", "USD", []));
        Assert.IsType<CurrencyFit.Fits>(ConversionChecks.Currency("api_calls", "requests", "USD", ["USD"]));
    }

    [Fact]
    public void A_metric_counted_in_another_currency_only_is_refused() => Assert.Contains(
        "Choose a dimension in EUR",
        Assert.IsType<CurrencyFit.Foreign>(ConversionChecks.Currency("api_calls", "requests", "USD", ["EUR"])).Sentence,
        StringComparison.Ordinal);

    [Fact]
    public void Foreign_currencies_are_named_once_and_in_order() => Assert.Contains(
        "in CHF, EUR for buyers",
        Assert.IsType<CurrencyFit.Foreign>(ConversionChecks.Currency("api_calls", "requests", "USD", ["EUR", "CHF", "EUR"])).Sentence,
        StringComparison.Ordinal);

    [Fact]
    public void A_metric_counted_in_two_currencies_is_taken_and_the_foreign_money_is_named() => Assert.Contains(
        "in EUR for some buyers of this product; that money waits",
        Assert.IsType<CurrencyFit.PartlyForeign>(ConversionChecks.Currency("api_calls", "requests", "USD", ["USD", "EUR"])).Sentence,
        StringComparison.Ordinal);

    [Fact]
    public void T12_One_charge_with_a_volume_price_lets_the_total_of_its_metric_fall()
    {
        Assert.True(ConversionChecks.HasVolumePrice([new ChargeAmount("a", "standard", 100), new ChargeAmount("b", "volume", 300)]));
        Assert.False(ConversionChecks.HasVolumePrice([new ChargeAmount("a", "standard", 100), new ChargeAmount("b", "graduated", 300)]));
    }

    [Theory]
    [InlineData("weighted_sum_agg", true)]
    [InlineData("sum_agg", false)]
    [InlineData("count_agg", false)]
    [InlineData(null, false)]
    public void Only_a_weighted_sum_is_a_projection(string? aggregation, bool warned) =>
        Assert.Equal(warned, ConversionChecks.ProjectionWarning(aggregation) is not null);
}
