using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Azure.Core;
using Azure.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LagoConsole.Tests.Support;

/// <summary>
/// An Azure Key Vault on the loopback interface over https: real RSA keys with versions, which can be asked for, and wrap and unwrap. It
/// takes the token of its own identity only.
/// </summary>
public sealed class FakeKeyVault : IDisposable
{
    public const string Host = "vendor.vault.azure.net";

    private const string Token = "a-token-of-the-console";

    private readonly ConcurrentDictionary<string, List<(string Version, RSA Key)>> _keys = new(StringComparer.Ordinal);
    private readonly X509Certificate2 _certificate;
    private readonly WebApplication _app;
    private int _calls;

    public FakeKeyVault()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new($"CN={Host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        _certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate)));
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.UseRouting();
        _app.MapGet("/keys/{name}/{version?}", (HttpContext call, string name, string? version) => Answer(call, name, version, Show));
        _app.MapPost("/keys/{name}/{version}/wrapkey", (HttpContext call, string name, string version, Operation asked) => Answer(call, name, version, found =>
            Results.Json(new { kid = Address(name, version), value = Base64Url.EncodeToString(found.Key.Encrypt(Base64Url.DecodeFromChars(asked.Value), Padding(asked))) })));
        _app.MapPost("/keys/{name}/{version}/unwrapkey", (HttpContext call, string name, string version, Operation asked) => Answer(call, name, version, found =>
            Results.Json(new { kid = Address(name, version), value = Base64Url.EncodeToString(Falsify(found.Key.Decrypt(Base64Url.DecodeFromChars(asked.Value), Padding(asked)))) })));
        _app.Start();
    }

    /// <summary>How many calls came, also those that were refused.</summary>
    public int Calls => _calls;

    /// <summary>What tokens were asked for.</summary>
    public ConcurrentQueue<string> Scopes { get; } = [];

    /// <summary>Answers calls in its place, by their number from 1; null lets it answer itself.</summary>
    public Func<int, IResult?> Instead { get; set; } = _ => null;

    /// <summary>Makes of what is unwrapped what a broken vault would. Default: it stays as it is.</summary>
    public Func<byte[], byte[]> Falsify { get; set; } = opened => opened;

    /// <summary>Whether Entra ID knows the console.</summary>
    public bool GivesTokens { get; set; } = true;

    public static string Address(string name, string? version = null) => $"https://{Host}/keys/{name}{(version is null ? "" : $"/{version}")}";

    public static (string Key, string Value)[] Settings(string name, string? version = null) => [("KeyRing:KeyVault:Key", Address(name, version))];

    /// <summary>A new key, or a new version of one.</summary>
    /// <returns>The version.</returns>
    public string Make(string name, int bits = 2048)
    {
        string version = Guid.NewGuid().ToString("N");
        _keys.GetOrAdd(name, _ => []).Add((version, RSA.Create(bits)));
        return version;
    }

    /// <summary>Nobody can open any more what this version has encrypted.</summary>
    public void Destroy(string name, string version) => _keys[name].RemoveAll(key => key.Version == version);

    public TokenCredential OpenCredential() => new Credential(this);

    /// <summary>Leads to this vault whatever name is asked for, and trusts nobody else.</summary>
    public HttpMessageHandler CreateHandler() => new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == _certificate.GetCertHashString() },
        ConnectCallback = async (_, cancellationToken) =>
        {
            Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, new Uri(_app.Urls.Single()).Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    public void Dispose()
    {
        ((IDisposable)_app).Dispose();
        _certificate.Dispose();
        foreach ((_, RSA key) in _keys.Values.SelectMany(versions => versions))
        {
            key.Dispose();
        }
    }

    private static RSAEncryptionPadding Padding(Operation asked) => asked.Alg == "RSA-OAEP-256" ? RSAEncryptionPadding.OaepSHA256 : throw new NotSupportedException(asked.Alg);

    private IResult Show((string Name, string Version, RSA Key) found)
    {
        RSAParameters key = found.Key.ExportParameters(includePrivateParameters: false);
        return Results.Json(new
        {
            key = new { kid = Address(found.Name, found.Version), kty = "RSA", n = Base64Url.EncodeToString(key.Modulus), e = Base64Url.EncodeToString(key.Exponent), key_ops = (string[])["wrapKey", "unwrapKey"] },
            attributes = new { enabled = true },
        });
    }

    private IResult Answer(HttpContext call, string name, string? version, Func<(string Name, string Version, RSA Key), IResult> answer)
    {
        if (Instead(Interlocked.Increment(ref _calls)) is { } instead)
        {
            return instead;
        }

        if (call.Request.Headers.Authorization != $"Bearer {Token}" || call.Request.Query["api-version"] != "7.4" || call.Request.Host.Host != Host)
        {
            return Error(StatusCodes.Status401Unauthorized, "Unauthorized");
        }

        int at = _keys.TryGetValue(name, out List<(string Version, RSA Key)>? versions) ? versions.FindLastIndex(key => version is null || key.Version == version) : -1;
        return at < 0 ? Error(StatusCodes.Status404NotFound, "KeyNotFound") : answer((name, versions![at].Version, versions[at].Key));
    }

    public static IResult Error(int status, string code) => Results.Json(new { error = new { code, message = "said by the vault" } }, statusCode: status);

    private sealed record Operation(string Alg, string Value);

    private sealed class Credential(FakeKeyVault vault) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            vault.Scopes.Enqueue(requestContext.Scopes.Single());
            return vault.GivesTokens ? new AccessToken(Token, TimeProvider.System.GetUtcNow().AddHours(1)) : throw new CredentialUnavailableException("No managed identity endpoint found.");
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new NotSupportedException("The key ring waits for its answers.");
    }
}
