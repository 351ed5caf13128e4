using System.Security.Claims;
using LagoConsole.Core.Security;
using Microsoft.AspNetCore.Components.Authorization;

namespace LagoConsole.SignIn;

/// <summary>The person at this page, as the services of the console know people.</summary>
public sealed class CurrentActor(AuthenticationStateProvider authentication)
{
    /// <summary>Someone who is not signed in has <see cref="Role.None"/>, which every change refuses.</summary>
    public async Task<Actor> GetAsync()
    {
        ClaimsPrincipal person = (await authentication.GetAuthenticationStateAsync()).User;
        return new Actor(person.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name } ? name : "anonymous", Roles.Of(person), CallerAddress.Of(person));
    }
}
