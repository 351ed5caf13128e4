using System.Security.Cryptography;
using LagoConsole.Sandbox.Aws;
using LagoConsole.Sandbox.Google;

namespace LagoConsole.Sandbox;

/// <summary>The ready-made keys that the sandbox page shows. Made up, AWS's own documentation examples: they open nothing else.</summary>
public static class SandboxKeys
{
    /// <summary>Opens the furnished Lago.</summary>
    public const string LagoApiKey = "5a2d0b0c-5a2d-4b0c-8a2d-0b0c5a2d0b0c";

    /// <summary>Keys of the seller's account.</summary>
    public static AwsCredentials Aws { get; } = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");

    /// <summary>The app that the furnished offers of Azure name.</summary>
    public static (string ClientId, string ClientSecret) AzureApp { get; } = ("3c5e7a90-1b2d-4f60-8a9c-0d1e2f3a4b5c", "sandbox-azure-secret");

    /// <summary>The service account that the sandbox's Google knows.</summary>
    public const string GoogleEmail = "metering@vendor-public.iam.gserviceaccount.example";

    /// <summary>Its key, made anew by each process.</summary>
    public static GoogleKey GoogleKey { get; } = new(RSA.Create(2048));

    /// <summary>The same, as a key file has it.</summary>
    public static string GooglePrivateKey { get; } = GoogleKey.ToPem();

    /// <summary>Temporary keys of the same account.</summary>
    public static AwsCredentials AwsTemporary { get; } =
        new("ASIAEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLETMP", "sandbox-session-token");
}
