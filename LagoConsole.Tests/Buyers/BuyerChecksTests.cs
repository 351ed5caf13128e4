using LagoConsole.Core.Buyers;
using Xunit;

namespace LagoConsole.Tests.Buyers;

public sealed class BuyerChecksTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("ap@example.com", true)]
    [InlineData(" ap@example.com ", true)]
    [InlineData("ap", false)]
    [InlineData("ap@", false)]
    [InlineData("Ada <ap@example.com>", false)]
    public void An_email_address_is_optional_and_plain(string? email, bool taken) => Assert.Equal(taken, BuyerChecks.Email(email) is null);

    [Fact]
    public void A_name_is_needed_and_fits()
    {
        Assert.NotNull(BuyerChecks.Name("  "));
        Assert.Null(BuyerChecks.Name(new string('n', 200)));
        Assert.NotNull(BuyerChecks.Name(new string('n', 201)));
    }
}
