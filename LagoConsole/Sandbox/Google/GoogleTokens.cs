using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace LagoConsole.Sandbox.Google;

/// <summary>
/// The sandbox's token service: a token for an assertion that the known service account has signed. Its key is made by each process,
/// so that none lies in any file; tokens end with the process. Thread safe.
/// </summary>
public sealed class GoogleTokens(TimeProvider clock, string email, GoogleKey key)
{
    /// <summary>Assertions are for Google's token service, wherever it is played: Google's own client names no other.</summary>
    private const string Audience = "https://oauth2.googleapis.com/token";

    private static readonly TimeSpan Valid = TimeSpan.FromSeconds(3599);

    /// <summary>How far the caller's clock may be ahead.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Scope, DateTimeOffset ExpiresAt)> _given = new(StringComparer.Ordinal);

    /// <summary>Answers a request for a token.</summary>
    /// <param name="form">The fields of the body.</param>
    public SandboxResponse Answer(IReadOnlyDictionary<string, string> form)
    {
        if (form.GetValueOrDefault("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer")
        {
            return Refused("unsupported_grant_type", "Invalid grant_type.");
        }

        if (Read(form.GetValueOrDefault("assertion") ?? "") is not { } claims || claims.Iss != email)
        {
            return Refused("invalid_grant", "Invalid JWT Signature.");
        }

        if (claims.Aud != Audience)
        {
            return Refused("invalid_grant", "Invalid JWT: Failed audience check.");
        }

        DateTimeOffset now = clock.GetUtcNow();
        if (claims.Iat > (now + Skew).ToUnixTimeSeconds() || claims.Exp <= now.ToUnixTimeSeconds() || claims.Exp - claims.Iat > 3600)
        {
            return Refused("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.");
        }

        if (string.IsNullOrEmpty(claims.Scope))
        {
            return Refused("invalid_scope", "Empty or missing scope not allowed.");
        }

        string token = $"sandbox-google-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";
        lock (_gate)
        {
            _given[token] = (claims.Scope, now + Valid);
        }

        return SandboxResponse.Json(200, new { access_token = token, expires_in = (long)Valid.TotalSeconds, token_type = "Bearer" });
    }

    /// <summary>The service account that a token stands for; null when it is unknown or has expired.</summary>
    public string? AccountOf(string? authorization) => Find(authorization) is null ? null : email;

    /// <summary>Whether a token is known, has not expired, and was asked for with one of these scopes.</summary>
    public bool IsGood(string? authorization, params string[] scopes) =>
        Find(authorization) is { } scope && scope.Split(' ').Intersect(scopes, StringComparer.Ordinal).Any();

    /// <summary>The scopes of a token that may be used; null when it is unknown or has expired.</summary>
    private string? Find(string? authorization)
    {
        if (authorization?.StartsWith("Bearer ", StringComparison.Ordinal) != true)
        {
            return null;
        }

        lock (_gate)
        {
            return _given.TryGetValue(authorization["Bearer ".Length..], out (string Scope, DateTimeOffset ExpiresAt) given) && clock.GetUtcNow() < given.ExpiresAt
                ? given.Scope
                : null;
        }
    }

    /// <summary>What an assertion says; null when the account has not signed it.</summary>
    private Claims? Read(string assertion)
    {
        try
        {
            return assertion.Split('.') is [string header, string claims, string signature]
                && key.HasSigned($"{header}.{claims}", Base64Url.DecodeFromChars(signature))
                    ? JsonSerializer.Deserialize<Claims>(Base64Url.DecodeFromChars(claims), JsonSerializerOptions.Web)
                    : null;
        }
        catch (Exception notAnAssertion) when (notAnAssertion is FormatException or JsonException)
        {
            return null;
        }
    }

    private static SandboxResponse Refused(string error, string sentence) => SandboxResponse.Json(400, new { error, error_description = sentence });

    /// <summary>Of an assertion; times are epoch seconds.</summary>
    private sealed record Claims(string? Iss, string? Scope, string? Aud, long Iat, long Exp);
}
