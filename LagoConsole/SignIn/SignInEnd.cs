using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace LagoConsole.SignIn;

/// <summary>
/// Lets an open page know when its sign-in ends: a circuit outlives the cookie that opened it. A person signs in again
/// then, and comes back with the roles of that moment.
/// </summary>
internal sealed class SignInEnd(ILoggerFactory logs) : RevalidatingServerAuthenticationStateProvider(logs)
{
    /// <summary>How long a sign-in lasts, however much it is used. Default: 8 hours.</summary>
    public const string Setting = "SignIn:Lifetime";

    private const string EndsClaim = "lagoconsole.sign_in_ends";

    private static readonly TimeSpan _shortest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _longest = TimeSpan.FromDays(1);

    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(15);

    /// <exception cref="InvalidOperationException">The setting is out of bounds.</exception>
    public static TimeSpan Lifetime(IConfiguration configuration)
    {
        TimeSpan lifetime = configuration.GetValue(Setting, TimeSpan.FromHours(8));
        return lifetime >= _shortest && lifetime <= _longest
            ? lifetime
            : throw new InvalidOperationException($"{Setting} is {lifetime}. It must be between {_shortest} and {_longest}: whoever loses a role keeps it as long.");
    }

    /// <summary>Writes into the cookie, as a part of who the person is, when it ends.</summary>
    public static Task StampAsync(CookieSigningInContext context)
    {
        string ends = context.Properties.ExpiresUtc!.Value.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        ((ClaimsIdentity)context.Principal!.Identity!).AddClaim(new Claim(EndsClaim, ends));
        return Task.CompletedTask;
    }

    public static bool IsOver(ClaimsPrincipal person, DateTimeOffset now) =>
        !long.TryParse(person.FindFirst(EndsClaim)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long ends) || now.ToUnixTimeSeconds() >= ends;

    /// <summary>By real time, as the cookie itself: the console's clock can be moved forward in Development.</summary>
    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        Task.FromResult(!IsOver(authenticationState.User, TimeProvider.System.GetUtcNow()));
}
