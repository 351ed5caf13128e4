using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LagoConsole.Sandbox.Aws;

/// <summary>
/// AWS Signature Version 4 from the server's side. Written apart from the console's own signer on purpose: a mistake
/// made in one is not repeated in the other. Pure.
/// </summary>
public static class SigV4
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string Service = "aws-marketplace"; // not the host's prefix
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>Checks keys, scope, time and signature of a request.</summary>
    /// <param name="request">The request as it came.</param>
    /// <param name="region">The region it was sent to.</param>
    /// <param name="keys">Known keys by access key id.</param>
    /// <param name="now">The server's time.</param>
    /// <exception cref="AwsRefusedException">It does not hold, and why.</exception>
    public static void Verify(SandboxRequest request, string region, IReadOnlyDictionary<string, AwsCredentials> keys, DateTimeOffset now)
    {
        if (request.Header("Authorization") is not { Length: > 0 } authorization)
        {
            throw new AwsRefusedException("MissingAuthenticationTokenException", "Request is missing Authentication Token", 403);
        }

        SigV4Header header = SigV4Header.Parse(authorization);
        if (!keys.TryGetValue(header.AccessKeyId, out AwsCredentials? key)
            || request.Header("X-Amz-Security-Token") != key.SessionToken)
        {
            throw new AwsRefusedException("UnrecognizedClientException", "The security token included in the request is invalid.", 403);
        }

        string amzDate = request.Header("X-Amz-Date") ?? "";
        CheckTime(amzDate, header, now);
        CheckScope(header, region);
        CheckSignedHeaders(request, header);

        string bodyHash = Hex(SHA256.HashData(request.Body.Span));
        string canonical = CanonicalRequest(request, header.SignedHeaders, bodyHash);
        if ((request.Header("X-Amz-Content-Sha256") is { } claimed && claimed != bodyHash)
            || !Matches(Signature(key.SecretAccessKey, header, amzDate, canonical), header.Signature))
        {
            throw Invalid("The request signature we calculated does not match the signature you provided.");
        }
    }

    /// <summary>The canonical request over the signed headers.</summary>
    public static string CanonicalRequest(SandboxRequest request, IReadOnlyList<string> signedHeaders, string bodyHash)
    {
        string headers = string.Concat(signedHeaders.Select(name => $"{name}:{Collapse(request.Header(name) ?? "")}\n"));
        return string.Join('\n', request.Method, CanonicalPath(request.RawPath), CanonicalQuery(request.RawQuery), headers, string.Join(';', signedHeaders), bodyHash);
    }

    private static void CheckTime(string amzDate, SigV4Header header, DateTimeOffset now)
    {
        if (!DateTimeOffset.TryParseExact(
            amzDate, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset signedAt))
        {
            throw new AwsRefusedException("IncompleteSignatureException", "Authorization header requires existence of a valid 'X-Amz-Date' header.");
        }

        if ((now - signedAt).Duration() > Skew)
        {
            throw Invalid(signedAt < now ? $"Signature expired: {amzDate} is too early." : $"Signature not yet current: {amzDate} is still later.");
        }

        if (header.Date != amzDate[..8])
        {
            throw Invalid($"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{header.Date}' != '{amzDate[..8]}'.");
        }
    }

    private static void CheckScope(SigV4Header header, string region)
    {
        if (header.Region != region || header.Service != Service || header.Terminator != "aws4_request")
        {
            throw Invalid($"Credential should be scoped to a valid region and to the service '{Service}'.");
        }
    }

    private static void CheckSignedHeaders(SandboxRequest request, SigV4Header header)
    {
        string[] needed =
        [
            "host",
            .. request.Headers.Keys.Select(name => name.ToLowerInvariant())
                .Where(name => name.StartsWith("x-amz-", StringComparison.Ordinal) && name != "x-amz-user-agent"),
        ];
        if (needed.Except(header.SignedHeaders, StringComparer.Ordinal).FirstOrDefault() is { } unsigned)
        {
            throw Invalid($"'{unsigned}' must be a 'SignedHeader' in the AWS Authorization.");
        }
    }

    private static string Signature(string secret, SigV4Header header, string amzDate, string canonical)
    {
        string scope = $"{header.Date}/{header.Region}/{header.Service}/{header.Terminator}";
        string text = string.Join('\n', Algorithm, amzDate, scope, Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))));
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (string part in (string[])[header.Date, header.Region, header.Service, header.Terminator, text])
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return Hex(key);
    }

    // Outside S3 the path is encoded once more than it was sent.
    private static string CanonicalPath(string rawPath) =>
        rawPath.Length == 0 ? "/" : string.Join('/', rawPath.Split('/').Select(Uri.EscapeDataString));

    private static string CanonicalQuery(string rawQuery) =>
        string.Join('&', rawQuery.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .Select(pair => (Name: Recode(pair[0]), Value: pair.Length == 2 ? Recode(pair[1]) : ""))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal)
            .Select(pair => $"{pair.Name}={pair.Value}"));

    private static string Recode(string raw) => Uri.EscapeDataString(Uri.UnescapeDataString(raw));

    private static string Collapse(string value) => string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static bool Matches(string left, string right) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(left), Encoding.ASCII.GetBytes(right));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static AwsRefusedException Invalid(string message) => new("InvalidSignatureException", message, 403);
}
