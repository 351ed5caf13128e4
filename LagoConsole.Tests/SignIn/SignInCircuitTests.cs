using System.Security.Claims;
using LagoConsole.SignIn;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Xunit;

namespace LagoConsole.Tests.SignIn;

public sealed class SignInCircuitTests
{
    [Fact]
    public async Task A_page_is_heard_until_its_sign_in_ends_and_not_after_it_even_if_its_browser_stays()
    {
        Changing authentication = new();
        int heard = 0;
        Func<CircuitInboundActivityContext, Task> circuit = new SignInCircuit(authentication).CreateInboundActivityHandler(_ =>
        {
            heard++;
            return Task.CompletedTask;
        });

        await circuit(null!);
        authentication.Person = new ClaimsPrincipal(new ClaimsIdentity());
        await circuit(null!);

        Assert.Equal(1, heard);
    }

    private sealed class Changing : AuthenticationStateProvider
    {
        public ClaimsPrincipal Person { get; set; } = new(new ClaimsIdentity([new Claim(ClaimTypes.Role, "Admin")], "Cookies"));

        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(Person));
    }
}
