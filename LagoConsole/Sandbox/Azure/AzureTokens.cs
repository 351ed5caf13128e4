using System.Globalization;
using System.Security.Cryptography;

namespace LagoConsole.Sandbox.Azure;

/// <summary>
/// The sandbox's Entra ID: gives tokens to the app that it knows, and forgets them when the process ends, as a rotation of keys
/// would. Thread safe.
/// </summary>
public sealed class AzureTokens(TimeProvider clock, string clientId, string clientSecret)
{
    /// <summary>Both marketplace services stand for this resource.</summary>
    private const string Resource = "20e940b3-4c77-4b0b-9a53-9e16a1b010a7";

    private static readonly TimeSpan Valid = TimeSpan.FromSeconds(3599);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Audience, DateTimeOffset ExpiresAt)> _given = new(StringComparer.Ordinal);

    /// <summary>Answers a request for a token: version 1 names a resource and writes numbers as texts, version 2 a scope.</summary>
    /// <param name="isVersion2">By the address.</param>
    /// <param name="form">The fields of the body.</param>
    public SandboxResponse Answer(bool isVersion2, IReadOnlyDictionary<string, string> form)
    {
        string audience = isVersion2
            ? form.GetValueOrDefault("scope")?.Replace("/.default", "", StringComparison.Ordinal) ?? ""
            : form.GetValueOrDefault("resource") ?? "";
        if (form.GetValueOrDefault("grant_type") != "client_credentials" || audience.Length == 0)
        {
            return Refused(400, "invalid_request", 900144, "The request body must contain grant_type=client_credentials, and what the token is for.");
        }

        if (form.GetValueOrDefault("client_id") != clientId)
        {
            return Refused(400, "unauthorized_client", 700016, "Application with that identifier was not found in the directory.");
        }

        if (form.GetValueOrDefault("client_secret") != clientSecret)
        {
            return Refused(401, "invalid_client", 7000215, "Invalid client secret provided.");
        }

        string token = $"sandbox-azure-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";
        DateTimeOffset now = clock.GetUtcNow();
        lock (_gate)
        {
            _given[token] = (audience, now + Valid);
        }

        long seconds = (long)Valid.TotalSeconds;
        return SandboxResponse.Json(200, isVersion2
            ? new { token_type = "Bearer", expires_in = seconds, ext_expires_in = seconds, access_token = token }
            : new
            {
                token_type = "Bearer",
                expires_in = seconds.ToString(CultureInfo.InvariantCulture),
                ext_expires_in = "0",
                expires_on = (now + Valid).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                not_before = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                resource = audience,
                access_token = token,
            });
    }

    /// <summary>The app that a token stands for; null when it is unknown, expired, or for something else.</summary>
    public string? ClientOf(string? authorization)
    {
        if (authorization?.StartsWith("Bearer ", StringComparison.Ordinal) != true)
        {
            return null;
        }

        lock (_gate)
        {
            return _given.TryGetValue(authorization["Bearer ".Length..], out (string Audience, DateTimeOffset ExpiresAt) given)
                && given.Audience == Resource && clock.GetUtcNow() < given.ExpiresAt
                    ? clientId
                    : null;
        }
    }

    private static SandboxResponse Refused(int status, string error, int number, string sentence) => SandboxResponse.Json(
        status, new { error, error_description = $"AADSTS{number}: {sentence}", error_codes = new[] { number } });
}
