using System.Security.Cryptography;
using System.Text;

namespace LagoConsole.Core.Reporting.Aws;

/// <summary>A request as it is signed.</summary>
/// <param name="SignedHeaders">Names of the headers that the signature covers.</param>
public sealed record CanonicalRequest(string Text, string SignedHeaders);

/// <summary>
/// AWS's Signature Version 4 in headers, for any request to any service but S3, which encodes paths differently. Pure text:
/// canonical request, text to sign, signature.
/// </summary>
public static class SignatureV4
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    private static readonly char[] Blanks = [' ', '\t', '\r', '\n'];

    /// <param name="path">As on the request line.</param>
    /// <param name="query">As on the request line, without the question mark.</param>
    /// <param name="headers">All that is signed, the host too. A name may come several times.</param>
    public static CanonicalRequest Canonical(
        string method, string path, string query, IEnumerable<KeyValuePair<string, string>> headers, ReadOnlySpan<byte> body)
    {
        (string Name, string Values)[] signed =
        [
            .. headers.GroupBy(header => header.Key.ToLowerInvariant(), StringComparer.Ordinal)
                .Select(lines => (Name: lines.Key, Values: string.Join(',', lines.Select(line => Squeeze(line.Value)))))
                .OrderBy(header => header.Name, StringComparer.Ordinal),
        ];
        string names = string.Join(';', signed.Select(header => header.Name));
        string text = string.Join('\n',
            method,
            PathOf(path),
            QueryOf(query),
            string.Concat(signed.Select(header => $"{header.Name}:{header.Values}\n")),
            names,
            Hex(SHA256.HashData(body)));
        return new CanonicalRequest(text, names);
    }

    /// <param name="instant"><c>yyyyMMddTHHmmssZ</c>, as the header says it.</param>
    /// <param name="scope"><c>yyyyMMdd/region/service/aws4_request</c>.</param>
    public static string TextToSign(string instant, string scope, CanonicalRequest request) =>
        string.Join('\n', Algorithm, instant, scope, Hex(SHA256.HashData(Encoding.UTF8.GetBytes(request.Text))));

    /// <summary>The header that carries the signature.</summary>
    public static string Authorization(AwsCredentials credentials, string scope, CanonicalRequest request, string textToSign)
    {
        byte[] key = scope.Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4" + credentials.SecretAccessKey), Hmac);
        return $"{Algorithm} Credential={credentials.AccessKeyId}/{scope}, SignedHeaders={request.SignedHeaders}, Signature={Hex(Hmac(key, textToSign))}";
    }

    /// <summary>Without detours, and encoded once more than on the wire.</summary>
    private static string PathOf(string path)
    {
        string[] segments = path.Split('/');
        List<string> kept = [];
        foreach (string segment in segments)
        {
            if (segment == "..")
            {
                kept = kept[..Math.Max(0, kept.Count - 1)];
            }
            else if (segment is not ("" or "."))
            {
                kept.Add(Uri.EscapeDataString(segment));
            }
        }

        bool endsWithSlash = kept.Count > 0 && segments[^1] is ("" or "." or "..");
        return $"/{string.Join('/', kept)}{(endsWithSlash ? "/" : "")}";
    }

    /// <summary>By name, then by value, each encoded once.</summary>
    private static string QueryOf(string query) => string.Join('&', query.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.Split('=', 2))
        .Select(part => (Name: Encode(part[0]), Value: part.Length == 2 ? Encode(part[1]) : ""))
        .OrderBy(part => part.Name, StringComparer.Ordinal).ThenBy(part => part.Value, StringComparer.Ordinal)
        .Select(part => $"{part.Name}={part.Value}"));

    private static string Encode(string text) => Uri.EscapeDataString(Uri.UnescapeDataString(text));

    private static string Squeeze(string value) => string.Join(' ', value.Split(Blanks, StringSplitOptions.RemoveEmptyEntries));

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
