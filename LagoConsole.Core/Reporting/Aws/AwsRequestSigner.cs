using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LagoConsole.Core.Reporting.Aws;

/// <summary>
/// Signature Version 4, as far as metering needs it: no query, everything in headers. Pure: the same request,
/// credentials and instant give the same headers. Own, because AWS's package for this service is not needed for
/// one call, and its general signer wants a client around it.
/// </summary>
public static class AwsRequestSigner
{
    /// <summary>The name that the signature is scoped to; not the prefix of the host.</summary>
    public const string SigningName = "aws-marketplace";

    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The headers to add to the request: date, session token if there is one, and authorization.</summary>
    /// <param name="headers">What else is signed: every header given here must be sent with exactly this value. The host is added.</param>
    /// <exception cref="ArgumentException">The address has a query, which this signer does not cover.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Sign(
        HttpMethod method, Uri address, IReadOnlyCollection<KeyValuePair<string, string>> headers, ReadOnlySpan<byte> body,
        AwsCredentials credentials, string region, DateTimeOffset at)
    {
        if (address.Query.Length > 0)
        {
            throw new ArgumentException($"A metering request has no query, but {address} has one.", nameof(address));
        }

        string instant = at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string day = instant[..8];
        List<KeyValuePair<string, string>> added = [new("X-Amz-Date", instant)];
        if (credentials.SessionToken is not null)
        {
            added.Add(new("X-Amz-Security-Token", credentials.SessionToken));
        }

        List<(string Name, string Value)> signed =
        [
            .. headers.Concat(added).Append(new("Host", HostOf(address)))
                .Select(header => (Name: header.Key.ToLowerInvariant(), Value: header.Value.Trim()))
                .OrderBy(header => header.Name, StringComparer.Ordinal),
        ];
        string names = string.Join(';', signed.Select(header => header.Name));
        string canonical = string.Join('\n',
            method.Method,
            PathOf(address),
            "", // no query
            string.Concat(signed.Select(header => $"{header.Name}:{header.Value}\n")),
            names,
            Hex(SHA256.HashData(body)));

        string scope = $"{day}/{region}/{SigningName}/aws4_request";
        string toSign = string.Join('\n', Algorithm, instant, scope, Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))));
        string signature = Hex(Hmac(SigningKey(credentials.SecretAccessKey, day, region), toSign));

        added.Add(new(
            "Authorization",
            $"{Algorithm} Credential={credentials.AccessKeyId}/{scope}, SignedHeaders={names}, Signature={signature}"));
        return added;
    }

    private static byte[] SigningKey(string secret, string day, string region)
    {
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (string part in (string[])[day, region, SigningName, "aws4_request"])
        {
            key = Hmac(key, part);
        }

        return key;
    }

    /// <summary>As the HTTP client sends it: the port only where it is not the scheme's own.</summary>
    private static string HostOf(Uri address) => address.IsDefaultPort ? address.IdnHost : $"{address.IdnHost}:{address.Port}";

    /// <summary>Encoded once more than on the wire, which is the rule for every service but S3.</summary>
    private static string PathOf(Uri address) => string.Join('/', address.AbsolutePath.Split('/').Select(Uri.EscapeDataString));

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
