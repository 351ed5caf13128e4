using System.Net.Sockets;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Sandbox;

namespace LagoConsole.Core.Lago;

/// <summary>What a region and a typed address come to.</summary>
public abstract record LagoAddress
{
    private LagoAddress()
    {
    }

    /// <param name="BaseAddress">Full base address including <c>/api/v1</c>, without a slash at its end.</param>
    public sealed record Accepted(Uri BaseAddress) : LagoAddress;

    /// <param name="Sentence">What is wrong and what to do, for the field where it was typed.</param>
    public sealed record Refused(string Sentence) : LagoAddress;
}

/// <summary>Turns region and typed address into the base address of Lago's API.</summary>
public sealed class LagoAddresses(LagoNetworkGuard guard, ISandboxDoor sandbox)
{
    private const string ApiPath = "/api/v1";

    private static readonly Uri _us = new("https://api.getlago.com" + ApiPath);
    private static readonly Uri _eu = new("https://api.eu.getlago.com" + ApiPath);

    /// <summary>Checks what a person chose and typed.</summary>
    /// <param name="region">The chosen region.</param>
    /// <param name="typed">The address, for <see cref="LagoRegion.SelfHosted"/> only; with or without <c>/api/v1</c> and slashes at its end.</param>
    /// <param name="cancellationToken">Ends the name look-up.</param>
    public async Task<LagoAddress> CheckAsync(LagoRegion region, string? typed, CancellationToken cancellationToken) => region switch
    {
        LagoRegion.SelfHosted => await CheckTypedAsync(typed?.Trim() ?? "", cancellationToken),
        _ => Find(region, "") is { } known
            ? new LagoAddress.Accepted(known)
            : new LagoAddress.Refused("The sandbox is not switched on here. Choose another region."),
    };

    /// <summary>The base address of a stored integration; null for a sandbox that is not switched on.</summary>
    /// <param name="region">The integration's region.</param>
    /// <param name="baseUrl">The stored base address, as <see cref="CheckAsync"/> gave it; used for <see cref="LagoRegion.SelfHosted"/> only.</param>
    public Uri? Find(LagoRegion region, string baseUrl) => region switch
    {
        LagoRegion.Us => _us,
        LagoRegion.Eu => _eu,
        LagoRegion.SelfHosted => new Uri(baseUrl, UriKind.Absolute),
        LagoRegion.Sandbox => sandbox.IsOpen ? sandbox.LagoBaseAddress : null,
        _ => throw new ArgumentOutOfRangeException(nameof(region), region, "Not a region."),
    };

    private async Task<LagoAddress> CheckTypedAsync(string typed, CancellationToken cancellationToken)
    {
        if (typed.Length == 0)
        {
            return new LagoAddress.Refused("Type the address of your Lago's API, such as https://lago-api.example.com.");
        }

        if (typed.Length > 300
            || !Uri.TryCreate(typed, UriKind.Absolute, out Uri? address)
            || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp)
            || address.Host.Length == 0)
        {
            return new LagoAddress.Refused("That is not a web address. Type it in full, such as https://lago-api.example.com.");
        }

        if (address.UserInfo.Length > 0)
        {
            return new LagoAddress.Refused("The address must not contain a user name or password. Only the API key signs in.");
        }

        if (typed.Contains('?', StringComparison.Ordinal) || typed.Contains('#', StringComparison.Ordinal))
        {
            return new LagoAddress.Refused("The address must end before any ? or #.");
        }

        if (address.Host.EndsWith("getlago.com", StringComparison.OrdinalIgnoreCase)
            && address.Host.Split('.')[0].Equals("app", StringComparison.OrdinalIgnoreCase))
        {
            return new LagoAddress.Refused(
                $"{address.Host} is Lago's web app, not its API. For Lago Cloud choose region US or EU; a self-hosted Lago has its own API address.");
        }

        if (address.Scheme != Uri.UriSchemeHttps && !guard.IsAllowed(address))
        {
            return new LagoAddress.Refused(
                "The address must begin with https://, or the API key would travel unprotected. "
                + $"An administrator can allow this host in the setting {LagoOptions.Section}:{nameof(LagoOptions.AllowedHosts)}.");
        }

        try
        {
            await guard.ResolveAsync(address, cancellationToken);
        }
        catch (LagoAddressRefusedException refusal)
        {
            return new LagoAddress.Refused($"{refusal.Message}.");
        }
        catch (SocketException)
        {
            return new LagoAddress.Refused($"The name {address.Host} cannot be found. Check its spelling, or try again if your network has trouble.");
        }

        string path = address.AbsolutePath.TrimEnd('/');
        return new LagoAddress.Accepted(new Uri(
            address.GetLeftPart(UriPartial.Authority) + (path.EndsWith(ApiPath, StringComparison.Ordinal) ? path : path + ApiPath)));
    }
}
