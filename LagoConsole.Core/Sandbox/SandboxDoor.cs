namespace LagoConsole.Core.Sandbox;

/// <summary>
/// Where the console's own sandbox is found, if this process has one. The clients of Lago and of the marketplaces
/// go through the same code either way; only the address (and AWS's credentials) differ.
/// </summary>
public interface ISandboxDoor
{
    private const string Missing = "This sandbox does not play that marketplace.";

    /// <summary>True in Development and tests only. Then nothing is ever sent to a real marketplace.</summary>
    bool IsOpen { get; }

    /// <summary>Base address of the sandbox's Lago, including <c>/api/v1</c>.</summary>
    /// <exception cref="InvalidOperationException">The sandbox is off.</exception>
    Uri LagoBaseAddress { get; }

    /// <summary>The sandbox's metering endpoint that plays one AWS region.</summary>
    /// <exception cref="InvalidOperationException">The sandbox is off.</exception>
    Uri AwsEndpoint(string region);

    /// <summary>The access key that the sandbox's AWS knows.</summary>
    (string AccessKeyId, string SecretAccessKey) AwsCredentials { get; }

    /// <summary>The sandbox's marketplace API of Azure, ending in <c>/api/</c>.</summary>
    /// <exception cref="InvalidOperationException">The sandbox is off.</exception>
    Uri AzureBaseAddress => throw new InvalidOperationException(Missing);

    /// <summary>Where the sandbox's Entra ID gives tokens for client credentials (version 2).</summary>
    Uri AzureTokenAddress => throw new InvalidOperationException(Missing);

    /// <summary>The app that the sandbox's offers name.</summary>
    (string ClientId, string ClientSecret) AzureApp => throw new InvalidOperationException(Missing);

    /// <summary>The sandbox's Service Control, ending in a slash; <c>v1/services/…</c> stands below it.</summary>
    /// <exception cref="InvalidOperationException">The sandbox is off.</exception>
    Uri GoogleBaseAddress => throw new InvalidOperationException(Missing);

    /// <summary>Where the sandbox's Google gives tokens for signed assertions.</summary>
    Uri GoogleTokenAddress => throw new InvalidOperationException(Missing);

    /// <summary>The service account that the sandbox's Google knows; the key is PKCS#8 in PEM, made anew by each process.</summary>
    (string Email, string PrivateKey) GoogleAccount => throw new InvalidOperationException(Missing);
}

/// <summary>No sandbox: Production.</summary>
public sealed class ClosedSandboxDoor : ISandboxDoor
{
    public bool IsOpen => false;

    public Uri LagoBaseAddress => throw Closed();

    public (string AccessKeyId, string SecretAccessKey) AwsCredentials => throw Closed();

    public Uri AwsEndpoint(string region) => throw Closed();

    public Uri AzureBaseAddress => throw Closed();

    public Uri AzureTokenAddress => throw Closed();

    public (string ClientId, string ClientSecret) AzureApp => throw Closed();

    public Uri GoogleBaseAddress => throw Closed();

    public Uri GoogleTokenAddress => throw Closed();

    public (string Email, string PrivateKey) GoogleAccount => throw Closed();

    private static InvalidOperationException Closed() => new("The sandbox is off: it exists in Development only.");
}
