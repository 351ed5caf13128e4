using System.Net;
using System.Security.Claims;
using LagoConsole.Core.Security;
using LagoConsole.SignIn;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace LagoConsole.Tests.SignIn;

public sealed class CurrentActorTests
{
    [Theory]
    [InlineData("", Role.None)]
    [InlineData("Viewer", Role.Viewer)]
    [InlineData("Operator", Role.Operator)]
    [InlineData("Viewer,Admin", Role.Admin)]
    [InlineData("viewer", Role.None)]
    [InlineData("Owner", Role.None)]
    public async Task Has_the_highest_role_that_was_given(string roles, Role expected)
    {
        Claim[] claims = [new("preferred_username", "ada@vendor.example"), .. roles.Split(',').Select(role => new Claim("roles", role))];
        ClaimsPrincipal person = new(new ClaimsIdentity(claims, "OpenIdConnect", "preferred_username", "roles"));

        Assert.Equal(new Actor("ada@vendor.example", expected), await new CurrentActor(new Known(person)).GetAsync());
    }

    [Fact]
    public async Task Nobody_has_no_role_whatever_the_claims_say()
    {
        ClaimsPrincipal stranger = new(new ClaimsIdentity([new Claim(ClaimTypes.Role, "Admin")]));

        Assert.Equal(new Actor("anonymous", Role.None), await new CurrentActor(new Known(stranger)).GetAsync());
    }

    [Fact]
    public async Task Has_the_address_of_the_request_and_not_one_that_a_cookie_brought_along()
    {
        ClaimsPrincipal person = new(new ClaimsIdentity([new Claim("lagoconsole.address", "203.0.113.66"), new Claim(ClaimTypes.Role, "Viewer"), new Claim(ClaimTypes.Name, "ada")], "Cookies"));
        await using ConsoleFactory console = new("Testing", ("Proxies:Networks:0", "10.1.0.0/16"));
        HttpContext seen = await console.Server.SendAsync(
            context =>
            {
                context.Request.Path = "/login";
                context.Connection.RemoteIpAddress = IPAddress.Parse("10.1.2.3");
                context.Request.Headers["X-Forwarded-For"] = "::ffff:192.0.2.44";
                context.User = person;
            },
            TestContext.Current.CancellationToken);

        Assert.Equal(new Actor("ada", Role.Viewer, "192.0.2.44"), await new CurrentActor(new Known(seen.User)).GetAsync());
    }

    [Fact]
    public void The_console_itself_comes_from_nowhere() => Assert.Null(Actor.System.Address);

    private sealed class Known(ClaimsPrincipal person) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(person));
    }
}
