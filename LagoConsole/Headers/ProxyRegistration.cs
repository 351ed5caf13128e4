using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace LagoConsole.Headers;

/// <summary>Which proxies may say from where, and whether over https, a request came to them. From anybody else that is not believed.</summary>
internal static class ProxyRegistration
{
    /// <summary>Addresses and networks of the proxies in front of the console, such as <c>10.1.0.0/16</c>. Default: none.</summary>
    public const string Setting = "Proxies:Networks";

    /// <exception cref="InvalidOperationException">An entry is no network; the sentence names it.</exception>
    public static void AddProxies(this WebApplicationBuilder builder)
    {
        IPNetwork[] networks = [.. (builder.Configuration.GetSection(Setting).Get<string[]>() ?? []).Select(Parse)];
        builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = networks.Length == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear(); // the framework would believe the loopback address
            foreach (IPNetwork network in networks)
            {
                options.KnownIPNetworks.Add(network);
            }

            options.ForwardLimit = null; // as far as the known ones reach
        });
    }

    private static IPNetwork Parse(string text) =>
        IPNetwork.TryParse(text, out IPNetwork network) ? network
        : IPAddress.TryParse(text, out IPAddress? address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : throw new InvalidOperationException(
            $"{Setting} holds {text}, which is neither an address nor a network. Write 10.1.2.3 or 10.1.0.0/16; host bits must be zero.");
}
