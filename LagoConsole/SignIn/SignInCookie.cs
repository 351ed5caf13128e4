using System.Security.Claims;
using LagoConsole.Core.Security;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;

namespace LagoConsole.SignIn;

/// <summary>Ties the cookie of a sign-in to its stored session (<see cref="SignInSessions"/>), without which it opens nothing.</summary>
internal static class SignInCookie
{
    /// <summary>The page that says so to whoever comes with such a cookie.</summary>
    public const string EndedPath = "/sign-in-ended";

    private const string SessionClaim = "lagoconsole.session";

    private static readonly object _ended = new();

    public static void Tie(CookieAuthenticationEvents events)
    {
        events.OnSigningIn = BeginAsync;
        events.OnValidatePrincipal = CheckAsync;
        events.OnSigningOut = EndAsync;

        // Entra ID would sign the same person in again without asking, and a page that nobody uses would open by itself.
        Func<RedirectContext<CookieAuthenticationOptions>, Task> toSignIn = events.OnRedirectToLogin;
        events.OnRedirectToLogin = context =>
        {
            if (context.HttpContext.Items.ContainsKey(_ended))
            {
                context.RedirectUri = EndedPath + new Uri(context.RedirectUri).Query; // with the way back
            }

            return toSignIn(context);
        };
    }

    /// <summary>Whether the person's session holds, and with it what the person may do.</summary>
    /// <param name="isUsed">The person is doing something; false where a page asks by itself.</param>
    public static async Task<bool> HoldsAsync(ClaimsPrincipal person, SignInSessions sessions, bool isUsed, CancellationToken cancellationToken) =>
        Session(person) is { } id && await sessions.HoldsAsync(id, isUsed, cancellationToken);

    private static async Task BeginAsync(CookieSigningInContext context)
    {
        ClaimsPrincipal person = context.Principal!;
        SignInSessions sessions = Sessions(context.HttpContext);
        DateTimeOffset ends = context.Properties.ExpiresUtc!.Value;
        await EndPresentAsync(context.HttpContext, context.Scheme); // the cookie takes the place of the one before it
        Guid id = await sessions.BeginAsync(
            person.Identity?.Name ?? "anonymous", Roles.Of(person), CallerAddress.Of(context.HttpContext), ends, context.HttpContext.RequestAborted);
        ((ClaimsIdentity)person.Identity!).AddClaims([new Claim(SessionClaim, id.ToString()), SignInEnd.Stamp(ends)]);
    }

    /// <summary>Not where anybody may come in: who signs out, or reads what went wrong, needs no session, nor the database that knows it.</summary>
    private static async Task CheckAsync(CookieValidatePrincipalContext context)
    {
        HttpContext http = context.HttpContext;
        if (http.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            return;
        }

        bool isUsed = !http.Request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal); // a page finds its way back by itself
        if (!await HoldsAsync(context.Principal!, Sessions(http), isUsed, http.RequestAborted))
        {
            http.Items[_ended] = true;
            context.RejectPrincipal();
        }
    }

    private static Task EndAsync(CookieSigningOutContext context) => EndPresentAsync(context.HttpContext, context.Scheme);

    private static async Task EndPresentAsync(HttpContext http, AuthenticationScheme scheme)
    {
        if ((await http.AuthenticateAsync(scheme.Name)).Principal is { } present && Session(present) is { } id)
        {
            await Sessions(http).EndAsync(id, CancellationToken.None); // also if the person closes the page meanwhile
        }
    }

    private static Guid? Session(ClaimsPrincipal person) => Guid.TryParse(person.FindFirst(SessionClaim)?.Value, out Guid id) ? id : null;

    private static SignInSessions Sessions(HttpContext http) => http.RequestServices.GetRequiredService<SignInSessions>();
}
