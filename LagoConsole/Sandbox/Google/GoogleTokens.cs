using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LagoConsole.Sandbox.Google;

/// <summary>
/// The sandbox's token service: a token for an assertion that the known service account has signed. Its key is made by each process,
/// so that none lies in any file; tokens end with the process. Thread safe.
/// </summary>
public sealed class GoogleTokens(TimeProvider clock, string email, RSA key)
{
    private static readonly TimeSpan Valid = TimeSpan.FromSeconds(3599);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Scope, DateTimeOffset ExpiresAt)> _given = new(StringComparer.Ordinal);

    /// <summary>Answers a request for a token.</summary>
    /// <param name="form">The fields of the body.</param>
    public SandboxResponse Answer(IReadOnlyDictionary<string, string> form)
    {
        if (form.GetValueOrDefault("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer")
        {
            return SandboxResponse.Json(400, new { error = "unsupported_grant_type", error_description = "Invalid grant_type." });
        }

        if (ScopeOf(form.GetValueOrDefault("assertion") ?? "") is not { } scope)
        {
            return SandboxResponse.Json(400, new { error = "invalid_grant", error_description = "Invalid JWT Signature." });
        }

        string token = $"sandbox-google-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";
        lock (_gate)
        {
            _given[token] = (scope, clock.GetUtcNow() + Valid);
        }

        return SandboxResponse.Json(200, new { access_token = token, expires_in = (long)Valid.TotalSeconds, token_type = "Bearer" });
    }

    /// <summary>Whether a token is known, has not expired, and was asked for with one of these scopes.</summary>
    public bool IsGood(string? authorization, params string[] scopes)
    {
        if (authorization?.StartsWith("Bearer ", StringComparison.Ordinal) != true)
        {
            return false;
        }

        lock (_gate)
        {
            return _given.TryGetValue(authorization["Bearer ".Length..], out (string Scope, DateTimeOffset ExpiresAt) given)
                && clock.GetUtcNow() < given.ExpiresAt && given.Scope.Split(' ').Intersect(scopes, StringComparer.Ordinal).Any();
        }
    }

    /// <summary>What an assertion asks for; null when it is not signed by the account, or not for now.</summary>
    private string? ScopeOf(string assertion)
    {
        if (assertion.Split('.') is not [string header, string claims, string signature]
            || !key.VerifyData(Encoding.ASCII.GetBytes($"{header}.{claims}"), Bytes(signature), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
        {
            return null;
        }

        using JsonDocument said = JsonDocument.Parse(Bytes(claims));
        JsonElement root = said.RootElement;
        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        return root.GetProperty("iss").GetString() == email && root.GetProperty("iat").GetInt64() <= now + 300 && now < root.GetProperty("exp").GetInt64()
            ? root.GetProperty("scope").GetString()
            : null;
    }

    private static byte[] Bytes(string base64Url)
    {
        string text = base64Url.Replace('-', '+').Replace('_', '/');
        return Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));
    }
}
