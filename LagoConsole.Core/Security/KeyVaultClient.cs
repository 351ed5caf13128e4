using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Azure.Core;
using Azure.Identity;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Core.Security;

/// <summary>
/// Lets keys in Azure Key Vault encrypt and open small secrets: three calls of its REST API. They wait for their answer, as the key
/// ring does that asks for them: once for each of its keys when it is read, some four times a year when one is made.
/// </summary>
/// <param name="current">What encrypts. Null: nothing is encrypted any more.</param>
/// <param name="all">What opens. A key that a row of the database names beside these is asked for nothing: the vault's host sees a token.</param>
/// <param name="credential">As whom the console asks.</param>
/// <param name="network">Taken over.</param>
internal sealed class KeyVaultClient(KeyVaultKey? current, IReadOnlyList<KeyVaultKey> all, TokenCredential credential, HttpMessageHandler network) : IDisposable
{
    private const string ApiVersion = "7.4";
    private const string Algorithm = "RSA-OAEP-256";
    private const int SmallestKey = 2048;
    private const string Role = "Key Vault Crypto Service Encryption User";

    private readonly ConcurrentDictionary<(string, string), byte[]> _opened = new();
    private readonly HttpClient _http = new(network) { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = 64 * 1024 };

    /// <summary>Before each repetition of a call that may have met a passing fault.</summary>
    public IReadOnlyList<TimeSpan> Pauses { get; init; } = [TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2)];

    /// <summary>The network of a console: no redirect is followed with a token.</summary>
    public static HttpMessageHandler CreateNetwork() => new SocketsHttpHandler { AllowAutoRedirect = false };

    /// <summary>Encrypts by the newest version of the key, or the one that the setting names.</summary>
    /// <exception cref="KeyVaultException">It was not encrypted, or the vault does not open what it encrypts.</exception>
    public KeyVaultCipher Wrap(byte[] secret)
    {
        KeyVaultKey version = FindVersion(current ?? throw new KeyVaultException(KeyVaultFault.Lost, "No key in Azure Key Vault is set that could encrypt the key ring."));
        byte[] cipher = Ask(version, "wrapkey", secret);
        byte[] opened = Ask(version, "unwrapkey", cipher); // a ring that nobody can open again must not come to be
        try
        {
            return CryptographicOperations.FixedTimeEquals(opened, secret)
                ? new KeyVaultCipher(version.ToString(), cipher)
                : throw new KeyVaultException(KeyVaultFault.Refused, $"Azure Key Vault opened something else with {version} than was encrypted with it.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(opened);
        }
    }

    /// <summary>Asked once: the key ring keeps in memory what it protects, and is read anew each day, also while the vault is away.</summary>
    /// <exception cref="KeyVaultException">It was not opened.</exception>
    public byte[] Unwrap(KeyVaultCipher cipher) => KeyVaultKey.Parse(cipher.KeyVersion) is { Version: not null } version && all.Any(version.IsSameKeyAs)
        ? [.. _opened.GetOrAdd((cipher.KeyVersion, Convert.ToBase64String(cipher.Bytes)), _ => Ask(version, "unwrapkey", cipher.Bytes))]
        : throw new KeyVaultException(
            KeyVaultFault.Lost, $"A key of the key ring was encrypted with {cipher.KeyVersion}, which no setting names: name it in {KeyRingRegistration.EarlierVaultKeys}.");

    public void Dispose() => _http.Dispose();

    private KeyVaultKey FindVersion(KeyVaultKey key)
    {
        using JsonDocument answer = Send(HttpMethod.Get, key, "", body: null);
        JsonElement? found = StrictJson.Member(answer.RootElement, "key");
        if (KeyVaultKey.Parse(StrictJson.Text(found, "kid")) is not { Version: not null } version || !version.IsSameKeyAs(key))
        {
            throw Unreadable(key);
        }

        // Other kinds (elliptic curves, symmetric keys) do not know the algorithm, and the vault would say so less clearly.
        return StrictJson.Text(found, "kty") is "RSA" or "RSA-HSM" && Base64Url.IsValid(StrictJson.Text(found, "n") ?? "", out int bytes) && bytes * 8 >= SmallestKey
            ? version
            : throw new KeyVaultException(KeyVaultFault.Refused, $"{key} is no RSA key of {SmallestKey.ToString(CultureInfo.InvariantCulture)} bits or more, which the key ring needs.");
    }

    private byte[] Ask(KeyVaultKey key, string operation, byte[] value)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["alg"] = Algorithm, ["value"] = Base64Url.EncodeToString(value) });
        using JsonDocument answer = Send(HttpMethod.Post, key, $"/{operation}", body);
        try
        {
            return Base64Url.DecodeFromChars(StrictJson.Text(answer.RootElement, "value") ?? throw Unreadable(key));
        }
        catch (FormatException)
        {
            throw Unreadable(key);
        }
    }

    private JsonDocument Send(HttpMethod method, KeyVaultKey key, string operation, byte[]? body)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return SendOnce(method, key, operation, body);
            }
            catch (KeyVaultException failure) when (failure.Fault == KeyVaultFault.Passing && attempt < Pauses.Count)
            {
                Task.Delay(Pauses[attempt], TimeProvider.System).GetAwaiter().GetResult(); // the key ring lives by real time, and waits
            }
        }
    }

    private JsonDocument SendOnce(HttpMethod method, KeyVaultKey key, string operation, byte[]? body)
    {
        using HttpRequestMessage request = new(method, $"{key}{operation}?api-version={ApiVersion}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token(key));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        try
        {
            using HttpResponseMessage response = _http.Send(request);
            using MemoryStream content = new();
            response.Content.CopyTo(content, context: null, CancellationToken.None);
            JsonDocument? answer = StrictJson.Parse(content.ToArray());
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return answer ?? throw Unreadable(key);
            }

            using (answer)
            {
                throw Refusal(key, response.StatusCode, answer);
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            throw new KeyVaultException(
                KeyVaultFault.Passing, $"Azure Key Vault could not be reached at {key.Host}. Check the way there, and the firewall of the vault.", failure);
        }
    }

    private string Token(KeyVaultKey key)
    {
        try
        {
            return credential.GetToken(new TokenRequestContext([key.Scope]), CancellationToken.None).Token;
        }
        catch (Exception failure) when (failure is AuthenticationFailedException or CredentialUnavailableException)
        {
            throw new KeyVaultException(
                KeyVaultFault.Refused,
                $"The console got no token for Azure Key Vault. Check {KeyRingRegistration.VaultIdentity}, and that this identity is there for the console's machine or workload.", failure);
        }
    }

    private static KeyVaultException Unreadable(KeyVaultKey key) => new(KeyVaultFault.Refused, $"What answers at {key} is not Azure Key Vault.");

    private static KeyVaultException Refusal(KeyVaultKey key, HttpStatusCode status, JsonDocument? answer)
    {
        string code = StrictJson.Text(StrictJson.Member(answer?.RootElement, "error"), "code") is { Length: > 0 and <= 60 } named ? $", {named}" : "";
        string said = string.Create(CultureInfo.InvariantCulture, $"Azure Key Vault answered {(int)status}{code} for {key}.");
        return status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new KeyVaultException(
                KeyVaultFault.Refused, $"{said} Give the console's identity the role {Role} on the key, and let the vault's firewall pass it."),
            HttpStatusCode.NotFound => new KeyVaultException(KeyVaultFault.Lost, $"{said} There is no such key, or this version of it is gone."),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => new KeyVaultException(KeyVaultFault.Passing, said),
            _ => new KeyVaultException(KeyVaultFault.Lost, $"{said} The key must be enabled, and allowed to wrap and unwrap keys."),
        };
    }
}

/// <summary>What a key in Azure Key Vault has encrypted, and which version of it can open that.</summary>
internal sealed record KeyVaultCipher(string KeyVersion, byte[] Bytes);
