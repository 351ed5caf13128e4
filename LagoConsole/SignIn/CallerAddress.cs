using System.Net;
using System.Security.Claims;

namespace LagoConsole.SignIn;

/// <summary>
/// The address that a person's browser came from, as far as the configured proxies say. A circuit keeps who began it and not
/// the request that it began with: so the address is a part of who the person is, written anew for each request.
/// </summary>
internal static class CallerAddress
{
    private const string ClaimType = "lagoconsole.address";

    /// <summary>After the proxies' headers and the cookie are read.</summary>
    public static void UseCallerAddress(this WebApplication app) => app.Use((context, next) =>
    {
        if (Of(context) is { } address)
        {
            context.User.AddIdentity(new ClaimsIdentity([new Claim(ClaimType, address)])); // of no authentication: it grants nothing
        }

        return next(context);
    });

    /// <summary>Null where none is known. The last one counts: those before it came with the cookie.</summary>
    public static string? Of(ClaimsPrincipal person) => person.FindAll(ClaimType).LastOrDefault()?.Value;

    /// <summary>Of the request itself, also before it is known who makes it.</summary>
    public static string? Of(HttpContext request) => request.Connection.RemoteIpAddress is { } address ? Text(address) : null;

    private static string Text(IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
}
