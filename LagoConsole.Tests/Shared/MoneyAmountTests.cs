using Bunit;
using LagoConsole.Components.Shared;
using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.Shared;

public sealed class MoneyAmountTests : MudContext
{
    [Theory]
    [InlineData("123450", "USD", "1,234.50 USD")]
    [InlineData("0.4", "USD", "0.004 USD")]
    [InlineData("500", "JPY", "500 JPY")]
    [InlineData(null, "USD", "–")]
    public void Shows_minor_units_as_money(string? minor, string currency, string shown) =>
        Assert.Equal(shown, Show<MoneyAmount>(parameters => parameters
            .Add(amount => amount.Minor, minor is null ? null : decimal.Parse(minor, System.Globalization.CultureInfo.InvariantCulture))
            .Add(amount => amount.Currency, currency)).Find(".money").TextContent);
}
