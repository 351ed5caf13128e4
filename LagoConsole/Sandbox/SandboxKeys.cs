using LagoConsole.Sandbox.Aws;

namespace LagoConsole.Sandbox;

/// <summary>The ready-made keys that the sandbox page shows. Made up, AWS's own documentation examples: they open nothing else.</summary>
public static class SandboxKeys
{
    /// <summary>Opens the furnished Lago.</summary>
    public const string LagoApiKey = "5a2d0b0c-5a2d-4b0c-8a2d-0b0c5a2d0b0c";

    /// <summary>Keys of the seller's account.</summary>
    public static AwsCredentials Aws { get; } = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");

    /// <summary>Temporary keys of the same account.</summary>
    public static AwsCredentials AwsTemporary { get; } =
        new("ASIAEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLETMP", "sandbox-session-token");
}
