using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LagoConsole.Sandbox.Azure;

/// <summary>
/// What Microsoft's fulfilment service has beside reading a subscription: purchase tokens, operations, and the keys that its webhook's
/// tokens are signed with. Kept in memory. Thread safe.
/// </summary>
public sealed class AzureFulfilment(TimeProvider clock)
{
    /// <summary>Who the webhook's tokens are issued by.</summary>
    public const string Issuer = "https://sts.windows.net/sandbox/";

    private const string KeyId = "sandbox-1";
    private const string MarketplaceApp = "20e940b3-4c77-4b0b-9a53-9e16a1b010a7";

    /// <summary>Made by each process, so that none lies in any file.</summary>
    private static readonly RSA Key = RSA.Create(2048);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Guid> _tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, (Guid Subscription, string Action, string Status, DateTimeOffset At)> _operations = [];

    /// <summary>A token as the buyer's browser brings it to the landing page.</summary>
    public string IssueToken(Guid subscription)
    {
        string token = Convert.ToBase64String(RandomNumberGenerator.GetBytes(48));
        lock (_gate)
        {
            _tokens[token] = subscription;
        }

        return token;
    }

    /// <summary>Something happened to a subscription; returns the body that the webhook brings.</summary>
    /// <param name="subscription">Which.</param>
    /// <param name="action">Such as <c>Unsubscribe</c>.</param>
    /// <param name="status">Of the operation.</param>
    /// <param name="operation">Its id, where it is told of again; null for a new one.</param>
    public string Tell(Guid subscription, string action, string status = "Succeeded", Guid? operation = null)
    {
        Guid id = operation ?? Guid.NewGuid();
        DateTimeOffset now = clock.GetUtcNow();
        lock (_gate)
        {
            _operations[id] = (subscription, action, status, now);
        }

        return Body(subscription, action, status, id, now);
    }

    /// <summary>A webhook's body that no operation stands behind.</summary>
    public static string Body(Guid subscription, string action, string status, Guid operation, DateTimeOffset at) => JsonSerializer.Serialize(new
    {
        id = operation,
        activityId = operation,
        publisherId = "vendor",
        offerId = "vendor-platform",
        planId = "gold",
        quantity = 1,
        subscriptionId = subscription,
        timeStamp = Instant(at),
        action,
        status,
        operationRequestSource = "Azure",
    });

    /// <summary>A token as the webhook's calls carry it.</summary>
    /// <param name="audience">The offer's app.</param>
    /// <param name="expiresAt">Default: in an hour.</param>
    /// <param name="app">The calling app; default: the marketplace's.</param>
    /// <param name="issuer">Default: the sandbox's.</param>
    /// <param name="key">Default: the sandbox's; another one is not among those that it publishes.</param>
    public string WebhookToken(string audience, DateTimeOffset? expiresAt = null, string app = MarketplaceApp, string issuer = Issuer, RSA? key = null)
    {
        DateTimeOffset now = clock.GetUtcNow();
        string head = Part(new { alg = "RS256", typ = "JWT", kid = key is null ? KeyId : "another" });
        string claims = Part(new
        {
            aud = audience,
            iss = issuer,
            iat = now.AddHours(-2).ToUnixTimeSeconds(),
            nbf = now.AddHours(-2).ToUnixTimeSeconds(),
            exp = (expiresAt ?? now.AddHours(1)).ToUnixTimeSeconds(),
            appid = app,
            tid = "sandbox",
            ver = "1.0",
        });
        byte[] signature = (key ?? Key).SignData(Encoding.ASCII.GetBytes($"{head}.{claims}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{head}.{claims}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>Entra ID's metadata, and the keys that it names.</summary>
    internal static SandboxResponse Metadata(SandboxRequest request, string path)
    {
        if (path.EndsWith("/.well-known/openid-configuration", StringComparison.Ordinal))
        {
            return SandboxResponse.Json(200, new
            {
                issuer = Issuer,
                jwks_uri = $"http://{request.Header("Host")}{AzureApi.Root}login/sandbox/discovery/keys",
                id_token_signing_alg_values_supported = new[] { "RS256" },
            });
        }

        if (!path.EndsWith("/discovery/keys", StringComparison.Ordinal))
        {
            return SandboxResponse.Empty(404);
        }

        RSAParameters open = Key.ExportParameters(includePrivateParameters: false);
        return SandboxResponse.Json(200, new
        {
            keys = new[] { new { kty = "RSA", use = "sig", kid = KeyId, alg = "RS256", n = Base64Url.EncodeToString(open.Modulus), e = Base64Url.EncodeToString(open.Exponent) } },
        });
    }

    /// <summary>Which subscription a purchase token names; the rest of the answer is asked of that.</summary>
    internal SandboxResponse Resolve(SandboxRequest request)
    {
        lock (_gate)
        {
            return _tokens.TryGetValue(request.Header("x-ms-marketplace-token") ?? "", out Guid subscription)
                ? SandboxResponse.Json(200, new { id = subscription, subscriptionName = "Vendor Platform", offerId = "vendor-platform", planId = "gold", quantity = 1 })
                : SandboxResponse.Json(400, new { code = "BadArgument", message = "The marketplace token is not valid." });
        }
    }

    /// <param name="path">Ends in <c>{subscription}/operations/{operation}</c>.</param>
    internal SandboxResponse Operation(string path)
    {
        string[] parts = path.Split('/');
        lock (_gate)
        {
            return Guid.TryParse(parts[^1], out Guid id) && Guid.TryParse(parts[^3], out Guid subscription)
                && _operations.TryGetValue(id, out (Guid Subscription, string Action, string Status, DateTimeOffset At) operation) && operation.Subscription == subscription
                ? SandboxResponse.Json(200, new
                {
                    id,
                    activityId = id,
                    subscriptionId = subscription,
                    offerId = "vendor-platform",
                    publisherId = "vendor",
                    planId = "gold",
                    action = operation.Action,
                    timeStamp = Instant(operation.At),
                    status = operation.Status,
                })
                : SandboxResponse.Json(404, new { code = "EntityNotFound", message = "There is no such operation." });
        }
    }

    private static string Part(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));

    private static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}
