using System.Data.Common;
using System.Globalization;
using System.Security.Claims;
using LagoConsole.Core.Security;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.EntityFrameworkCore.Storage;

namespace LagoConsole.SignIn;

/// <summary>
/// Lets an open page know when its sign-in ends: a circuit outlives the cookie that opened it. A person signs in again
/// then, and comes back with the roles of that moment.
/// </summary>
internal sealed class SignInEnd(ILoggerFactory logs, SignInSessions sessions) : RevalidatingServerAuthenticationStateProvider(logs)
{
    /// <summary>How long a sign-in lasts, however much it is used. Default: 8 hours.</summary>
    public const string Setting = "SignIn:Lifetime";

    /// <summary>How long one lasts that nobody uses. Default: 1 hour.</summary>
    public const string IdleSetting = "SignIn:Idle";

    private const string EndsClaim = "lagoconsole.sign_in_ends";

    private static readonly TimeSpan _longest = TimeSpan.FromDays(1);

    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(15);

    /// <exception cref="InvalidOperationException">The setting is out of bounds.</exception>
    public static TimeSpan Lifetime(IConfiguration configuration) => Read(
        configuration, Setting, TimeSpan.FromHours(8), TimeSpan.FromSeconds(10), "whoever loses a role keeps it as long, unless an administrator ends the sign-in");

    /// <exception cref="InvalidOperationException">The setting is out of bounds.</exception>
    public static TimeSpan Idle(IConfiguration configuration) => Read(
        configuration, IdleSetting, TimeSpan.FromHours(1), TimeSpan.FromMinutes(2), "whoever finds a page that was left open can use it as long");

    /// <summary>A part of who the person is, in the cookie: when that ends.</summary>
    public static Claim Stamp(DateTimeOffset ends) => new(EndsClaim, ends.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));

    public static bool IsOver(ClaimsPrincipal person, DateTimeOffset now) =>
        !long.TryParse(person.FindFirst(EndsClaim)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long ends) || now.ToUnixTimeSeconds() >= ends;

    /// <summary>By real time, as the cookie itself: the console's clock can be moved forward in Development.</summary>
    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        if (IsOver(authenticationState.User, TimeProvider.System.GetUtcNow()))
        {
            return false;
        }

        try
        {
            return await SignInCookie.HoldsAsync(authenticationState.User, sessions, isUsed: false, cancellationToken);
        }
        catch (Exception exception) when (exception is DbException or RetryLimitExceededException)
        {
            return true; // while the database is away a page shows and changes nothing more, and people keep what they typed
        }
    }

    private static TimeSpan Read(IConfiguration configuration, string setting, TimeSpan usual, TimeSpan shortest, string why)
    {
        TimeSpan span = configuration.GetValue(setting, usual);
        return span >= shortest && span <= _longest
            ? span
            : throw new InvalidOperationException($"{setting} is {span}. It must be between {shortest} and {_longest}: {why}.");
    }
}
