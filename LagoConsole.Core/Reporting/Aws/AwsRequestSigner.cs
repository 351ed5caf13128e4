using System.Globalization;

namespace LagoConsole.Core.Reporting.Aws;

/// <summary>
/// Signs requests to AWS Marketplace with <see cref="SignatureV4"/>, everything in headers. Pure: the same request, credentials and
/// instant give the same headers. Own, because AWS's package for this service is not needed for one call, and its general signer
/// wants a client around it.
/// </summary>
public static class AwsRequestSigner
{
    /// <summary>The name that the signature is scoped to; not the prefix of the host.</summary>
    public const string SigningName = "aws-marketplace";

    /// <summary>The headers to add to the request: date, session token if there is one, and authorization.</summary>
    /// <param name="headers">What else is signed: every header given here must be sent with exactly this value. The host is added.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Sign(
        HttpMethod method, Uri address, IReadOnlyCollection<KeyValuePair<string, string>> headers, ReadOnlySpan<byte> body,
        AwsCredentials credentials, string region, DateTimeOffset at)
    {
        string instant = at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        List<KeyValuePair<string, string>> added = [new("X-Amz-Date", instant)];
        if (credentials.SessionToken is not null)
        {
            added.Add(new("X-Amz-Security-Token", credentials.SessionToken));
        }

        CanonicalRequest request = SignatureV4.Canonical(
            method.Method, address.AbsolutePath, address.Query.TrimStart('?'), [.. headers, .. added, new("Host", HostOf(address))], body);
        string scope = $"{instant[..8]}/{region}/{SigningName}/aws4_request";
        added.Add(new("Authorization", SignatureV4.Authorization(credentials, scope, request, SignatureV4.TextToSign(instant, scope, request))));
        return added;
    }

    /// <summary>As the HTTP client sends it: the port only where it is not the scheme's own.</summary>
    private static string HostOf(Uri address) => address.IsDefaultPort ? address.IdnHost : $"{address.IdnHost}:{address.Port}";
}
