using System.Security.Claims;
using LagoConsole.SignIn;
using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.SignIn;

public sealed class SignInEndTests
{
    private static readonly DateTimeOffset _ends = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    [Theory]
    [InlineData("1800000000", -1, false)]
    [InlineData("1800000000", 0, true)]
    [InlineData("", -1, true)]
    [InlineData("never", -1, true)]
    public void Is_over_at_its_second_and_where_nobody_said_when(string stamped, int secondsAfter, bool expected)
    {
        ClaimsPrincipal person = new(new ClaimsIdentity([new Claim("lagoconsole.sign_in_ends", stamped)], "Cookies"));

        Assert.Equal(expected, SignInEnd.IsOver(person, _ends.AddSeconds(secondsAfter)));
    }

    [Theory]
    [InlineData("SignIn:Lifetime", "00:00:09")]
    [InlineData("SignIn:Lifetime", "2.00:00:00")]
    [InlineData("SignIn:Idle", "00:01:59")]
    [InlineData("SignIn:Idle", "2.00:00:00")]
    public void A_lifetime_out_of_bounds_stops_the_start_by_name(string setting, string lifetime)
    {
        using ConsoleFactory console = new("Testing", (setting, lifetime));

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => console.CreateClient());

        Assert.Contains($"{setting} is", error.Message, StringComparison.Ordinal);
    }
}
