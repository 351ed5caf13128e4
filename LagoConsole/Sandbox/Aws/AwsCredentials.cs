namespace LagoConsole.Sandbox.Aws;

/// <summary>Keys that the sandbox's AWS knows. Made up: they open nothing else. A class, so that printing one shows no secret.</summary>
public sealed class AwsCredentials(string accessKeyId, string secretAccessKey, string? sessionToken = null)
{
    /// <summary>Public part.</summary>
    public string AccessKeyId { get; } = accessKeyId;

    /// <summary>Secret part.</summary>
    public string SecretAccessKey { get; } = secretAccessKey;

    /// <summary>Set for temporary keys, which are refused without it.</summary>
    public string? SessionToken { get; } = sessionToken;
}
