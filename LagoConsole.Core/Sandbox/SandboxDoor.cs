namespace LagoConsole.Core.Sandbox;

/// <summary>
/// Where the console's own sandbox is found, if this process has one. The clients of Lago and of the marketplaces
/// go through the same code either way; only the address (and AWS's credentials) differ.
/// </summary>
public interface ISandboxDoor
{
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
}

/// <summary>No sandbox: Production.</summary>
public sealed class ClosedSandboxDoor : ISandboxDoor
{
    public bool IsOpen => false;

    public Uri LagoBaseAddress => throw Closed();

    public (string AccessKeyId, string SecretAccessKey) AwsCredentials => throw Closed();

    public Uri AwsEndpoint(string region) => throw Closed();

    private static InvalidOperationException Closed() => new("The sandbox is off: it exists in Development only.");
}
