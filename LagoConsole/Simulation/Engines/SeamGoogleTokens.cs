using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Google.Apis.Auth.OAuth2;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Google;
using LagoConsole.Core.Sandbox;

namespace LagoConsole.Simulation.Engines;

/// <summary>
/// Google's tokens for one life of an engine, asked for over the network seam. Google's own library refreshes tokens on the
/// thread pool, which a world must not leave its thread for: this does what it does, on the world's thread.
/// </summary>
internal sealed class SeamGoogleTokens(HttpClient http, ISandboxDoor sandbox, EngineClock clock) : IAccessTokenSource
{
    private const string Header = """{"alg":"RS256","typ":"JWT"}""";

    /// <summary>In place of what a person is told to check.</summary>
    private const string NobodyReads = "The weather of this world is to blame.";

    /// <summary>A token is not begun with that is about to expire.</summary>
    private static readonly TimeSpan InHand = TimeSpan.FromMinutes(5);

    private (string Token, DateTimeOffset ExpiresAt)? _kept;

    public async Task<TokenAnswer> FindAsync(Guid productId, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (_kept is { } kept && now < kept.ExpiresAt - InHand)
        {
            return new TokenAnswer.Found(kept.Token);
        }

        using FormUrlEncodedContent form = new(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer",
            ["assertion"] = Assertion(now),
        });
        try
        {
            using HttpResponseMessage response = await http.PostAsync(sandbox.GoogleTokenAddress, form, cancellationToken);
            using JsonDocument? answer = StrictJson.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            if (StrictJson.Text(answer?.RootElement, "access_token") is not { } token || StrictJson.Number(answer?.RootElement, "expires_in") is not { } seconds)
            {
                return new TokenAnswer.Missing($"Google gave no token (HTTP {(int)response.StatusCode})", NobodyReads);
            }

            _kept = (token, clock.GetUtcNow().AddSeconds((double)seconds));
            return new TokenAnswer.Found(token);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            return new TokenAnswer.Missing("Google's token service did not answer", NobodyReads);
        }
    }

    public void Refused(string token) => _kept = null;

    /// <summary>What the service account asks for, signed with its key.</summary>
    private string Assertion(DateTimeOffset now)
    {
        (string email, string privateKey) = sandbox.GoogleAccount;
        string claims = JsonSerializer.Serialize(new
        {
            iss = email,
            scope = GoogleTokenSource.Scope,
            aud = GoogleAuthConsts.OidcTokenUrl, // whom an assertion is for; wherever it is played
            iat = now.ToUnixTimeSeconds(),
            exp = now.AddHours(1).ToUnixTimeSeconds(),
        });
        string signed = $"{Encode(Encoding.UTF8.GetBytes(Header))}.{Encode(Encoding.UTF8.GetBytes(claims))}";
        using RSA key = RSA.Create();
        key.ImportFromPem(privateKey);
        return $"{signed}.{Encode(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";

        static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
    }
}
