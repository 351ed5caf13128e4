namespace LagoConsole.Sandbox.Aws;

/// <summary>The Authorization header of a signed request, in its parts.</summary>
/// <param name="AccessKeyId">Whose key.</param>
/// <param name="Date">Scope: day.</param>
/// <param name="Region">Scope: region.</param>
/// <param name="Service">Scope: signing name.</param>
/// <param name="Terminator">Scope: <c>aws4_request</c>.</param>
/// <param name="SignedHeaders">Lower case, in order.</param>
/// <param name="Signature">Lower-case hex.</param>
internal sealed record SigV4Header(
    string AccessKeyId, string Date, string Region, string Service, string Terminator, IReadOnlyList<string> SignedHeaders, string Signature)
{
    /// <exception cref="AwsRefusedException">A part is missing.</exception>
    public static SigV4Header Parse(string authorization)
    {
        if (authorization.Split(' ', 2) is ["AWS4-HMAC-SHA256", string rest])
        {
            Dictionary<string, string> parts = new(StringComparer.Ordinal);
            foreach (string part in rest.Split(',', StringSplitOptions.TrimEntries))
            {
                string[] pair = part.Split('=', 2);
                parts[pair[0]] = pair.Length == 2 ? pair[1] : "";
            }

            if (parts.GetValueOrDefault("Credential")?.Split('/') is [var key, var date, var region, var service, var terminator]
                && parts.GetValueOrDefault("SignedHeaders") is { Length: > 0 } signed
                && parts.GetValueOrDefault("Signature") is { Length: > 0 } signature)
            {
                return new SigV4Header(key, date, region, service, terminator, signed.Split(';'), signature);
            }
        }

        throw new AwsRefusedException("IncompleteSignatureException", "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.");
    }
}
