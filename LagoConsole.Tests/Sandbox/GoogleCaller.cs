using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LagoConsole.Sandbox;

namespace LagoConsole.Tests.Sandbox;

/// <summary>Signs assertions for the sandbox's Google, gets tokens for them, and makes calls.</summary>
internal sealed class GoogleCaller(SandboxWorlds world)
{
    public const string Service = "vendor-platform.endpoints.vendor-public.cloud.goog";

    private string? _token;

    public string ContentType { get; set; } = "application/json; charset=utf-8";

    public string? Authorization
    {
        get => field ?? $"Bearer {_token ??= Token().Body.GetProperty("access_token").GetString()}";
        set;
    }

    /// <summary>An assertion as a service account makes it, but for what a test says.</summary>
    public (int Status, JsonElement Body) Token(
        string scope = "https://www.googleapis.com/auth/servicecontrol",
        string issuer = SandboxKeys.GoogleEmail,
        string audience = "https://oauth2.googleapis.com/token",
        int issuedAgo = 0,
        int lastsSeconds = 3600,
        string? privateKey = null)
    {
        long issued = world.Now.ToUnixTimeSeconds() - issuedAgo;
        string claims = JsonSerializer.Serialize(new { iss = issuer, scope, aud = audience, iat = issued, exp = issued + lastsSeconds });
        string signed = $"{Encode("""{"alg":"RS256","typ":"JWT"}"""u8)}.{Encode(Encoding.UTF8.GetBytes(claims))}";
        using RSA key = RSA.Create();
        key.ImportFromPem(privateKey ?? SandboxKeys.GooglePrivateKey);
        return Form($"{signed}.{Encode(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}");
    }

    public (int Status, JsonElement Body) Form(string assertion, string grant = "urn:ietf:params:oauth:grant-type:jwt-bearer") => Answered(new SandboxRequest(
        "POST", "/sandbox/google/token", new Dictionary<string, string>(), Encoding.UTF8.GetBytes($"grant_type={Uri.EscapeDataString(grant)}&assertion={assertion}")));

    public (int Status, JsonElement Body) Report(params object[] operations) => Call(":report", JsonSerializer.Serialize(new { operations }));

    public (int Status, JsonElement Body) Check(object operation) => Call(":check", JsonSerializer.Serialize(new { operation }));

    public (int Status, JsonElement Body) Call(string verb, string body, string service = Service) => Answered(Request(verb, body, service));

    public SandboxRequest Request(string verb, string body, string service = Service) => new(
        "POST",
        $"/sandbox/google/v1/services/{service}{verb}",
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Authorization"] = Authorization ?? "", ["Content-Type"] = ContentType },
        Encoding.UTF8.GetBytes(body));

    /// <summary>An operation of the hour from 13:00 to 14:00, but for what a test says.</summary>
    public static object Operation(
        string id,
        long quantity,
        string metric = "gold_usage_fee",
        string consumer = "project_number:404012345678",
        string start = "2026-08-20T13:00:00Z",
        string end = "2026-08-20T14:00:00Z",
        string service = Service) => new
        {
            operationId = id,
            operationName = $"{service}/report",
            consumerId = consumer,
            startTime = start,
            endTime = end,
            metricValueSets = new[]
            {
                new { metricName = $"{service}/{metric}", metricValues = new[] { new { int64Value = quantity.ToString(CultureInfo.InvariantCulture) } } },
            },
        };

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    private (int Status, JsonElement Body) Answered(SandboxRequest request)
    {
        SandboxResponse answer = world.World.Google.Requests.Answer(request);
        return (answer.Status, answer.Body.IsEmpty ? default : JsonDocument.Parse(answer.Body).RootElement);
    }
}
