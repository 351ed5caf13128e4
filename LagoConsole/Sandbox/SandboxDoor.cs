using LagoConsole.Core.Sandbox;
using LagoConsole.Sandbox.Aws;
using LagoConsole.Sandbox.Azure;
using LagoConsole.Sandbox.Google;
using LagoConsole.Sandbox.Lago;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace LagoConsole.Sandbox;

/// <summary>The way to the sandbox for the console's own clients: over the app's own address, like any other service.</summary>
public sealed class SandboxDoor(IServer server, IOptions<SandboxOptions> options) : ISandboxDoor
{
    /// <inheritdoc/>
    public bool IsOpen => true;

    /// <inheritdoc/>
    public Uri LagoBaseAddress => new(OwnAddress(), LagoApi.Root + "/api/v1");

    /// <inheritdoc/>
    public (string AccessKeyId, string SecretAccessKey) AwsCredentials => (SandboxKeys.Aws.AccessKeyId, SandboxKeys.Aws.SecretAccessKey);

    /// <inheritdoc/>
    public Uri AwsEndpoint(string region) => new(OwnAddress(), $"{AwsApi.Root}{region}/");

    /// <inheritdoc/>
    public Uri AzureBaseAddress => new(OwnAddress(), AzureApi.Root + "api/");

    /// <inheritdoc/>
    public Uri AzureTokenAddress => new(OwnAddress(), AzureApi.Root + "login/sandbox/oauth2/v2.0/token");

    /// <inheritdoc/>
    public (string ClientId, string ClientSecret) AzureApp => SandboxKeys.AzureApp;

    /// <inheritdoc/>
    public Uri GoogleBaseAddress => new(OwnAddress(), GoogleApi.Root);

    /// <inheritdoc/>
    public Uri GoogleTokenAddress => new(OwnAddress(), GoogleApi.Root + "token");

    /// <inheritdoc/>
    public (string Email, string PrivateKey) GoogleAccount => (SandboxKeys.GoogleEmail, SandboxKeys.GooglePrivateKey);

    // Known only once the server listens, so it is asked for on each use.
    private Uri OwnAddress()
    {
        if (options.Value.Address is { } configured)
        {
            return configured;
        }

        string listening = server.Features.Get<IServerAddressesFeature>()?.Addresses
            .OrderBy(address => address.StartsWith("https:", StringComparison.OrdinalIgnoreCase)) // a development certificate may not be trusted
            .FirstOrDefault()
            ?? throw new InvalidOperationException("The app does not listen yet, so its sandbox has no address. Set Sandbox:Address.");
        return new Uri(listening.Replace("//+", "//127.0.0.1", StringComparison.Ordinal)
            .Replace("//*", "//127.0.0.1", StringComparison.Ordinal)
            .Replace("//[::]", "//127.0.0.1", StringComparison.Ordinal)
            .Replace("//0.0.0.0", "//127.0.0.1", StringComparison.Ordinal));
    }
}
