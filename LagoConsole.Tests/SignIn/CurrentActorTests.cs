using System.Security.Claims;
using LagoConsole.Core.Security;
using LagoConsole.SignIn;
using Microsoft.AspNetCore.Components.Authorization;
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

    private sealed class Known(ClaimsPrincipal person) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(person));
    }
}
