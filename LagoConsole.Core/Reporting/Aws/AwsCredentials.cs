namespace LagoConsole.Core.Reporting.Aws;

/// <summary>What requests are signed with. A class, not a record: a record would print its secret.</summary>
/// <param name="sessionToken">Set for temporary credentials only.</param>
public sealed class AwsCredentials(string accessKeyId, string secretAccessKey, string? sessionToken = null)
{
    public string AccessKeyId { get; } = accessKeyId;

    public string SecretAccessKey { get; } = secretAccessKey;

    public string? SessionToken { get; } = string.IsNullOrEmpty(sessionToken) ? null : sessionToken;

    /// <summary>
    /// Takes the secrets out of a text that is about to be kept: AWS quotes the request it expected, session token and
    /// all, when it refuses a signature.
    /// </summary>
    public string Redact(string text)
    {
        string clean = text.Replace(SecretAccessKey, "[removed]", StringComparison.Ordinal);
        return SessionToken is null ? clean : clean.Replace(SessionToken, "[removed]", StringComparison.Ordinal);
    }

    /// <summary>The last four characters of the key id, by which people tell keys apart.</summary>
    public override string ToString() => $"AWS access key …{AccessKeyId[^Math.Min(4, AccessKeyId.Length)..]}";
}
