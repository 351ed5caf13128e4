using LagoConsole.Core.Sandbox;
using LagoConsole.Sandbox.Aws;
using LagoConsole.Sandbox.Azure;
using LagoConsole.Sandbox.Google;
using LagoConsole.Sandbox.Lago;

namespace LagoConsole.Sandbox;

/// <summary>The way to a sandbox that no socket leads to: addresses that only a handler in the same process knows.</summary>
public sealed class InProcessDoor : ISandboxDoor
{
    private static readonly Uri Nowhere = new("http://sandbox.invalid");

    /// <inheritdoc/>
    public bool IsOpen => true;

    /// <inheritdoc/>
    public Uri LagoBaseAddress { get; } = new(Nowhere, LagoApi.Root + "/api/v1");

    /// <inheritdoc/>
    public (string AccessKeyId, string SecretAccessKey) AwsCredentials => (SandboxKeys.Aws.AccessKeyId, SandboxKeys.Aws.SecretAccessKey);

    /// <inheritdoc/>
    public Uri AwsEndpoint(string region) => new(Nowhere, $"{AwsApi.Root}{region}/");

    /// <inheritdoc/>
    public Uri AzureBaseAddress => new(Nowhere, AzureApi.Root + "api/");

    /// <inheritdoc/>
    public Uri AzureTokenAddress => new(Nowhere, AzureApi.Root + "login/sandbox/oauth2/v2.0/token");

    /// <inheritdoc/>
    public (string ClientId, string ClientSecret) AzureApp => SandboxKeys.AzureApp;

    /// <inheritdoc/>
    public Uri GoogleBaseAddress => new(Nowhere, GoogleApi.Root);

    /// <inheritdoc/>
    public Uri GoogleTokenAddress => new(Nowhere, GoogleApi.Root + "token");

    /// <inheritdoc/>
    public (string Email, string PrivateKey) GoogleAccount => (SandboxKeys.GoogleEmail, SandboxKeys.GooglePrivateKey);
}
