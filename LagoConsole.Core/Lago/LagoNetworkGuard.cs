using System.Net;
using System.Net.Sockets;
using LagoConsole.Core.Sandbox;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Lago;

/// <summary>
/// Keeps typed addresses out of the console's own network. Checked when an address is typed and again at each
/// connection: a name can be pointed elsewhere afterwards.
/// </summary>
public sealed class LagoNetworkGuard(IOptions<LagoOptions> options, ISandboxDoor sandbox, IHostResolver resolver)
{
    // Loopback, private, link-local (where clouds keep their metadata), carrier, test, multicast and reserved ranges.
    private static readonly IPNetwork[] _inside =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",
            "::/127", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(range => IPNetwork.Parse(range)),
    ];

    private static readonly IPNetwork _nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork _sixToFour = IPNetwork.Parse("2002::/16");

    /// <summary>Whether configuration, or the sandbox, exempts this address from https and from the private ranges.</summary>
    public bool IsAllowed(Uri address) =>
        (sandbox.IsOpen && string.Equals(sandbox.LagoBaseAddress.Authority, address.Authority, StringComparison.OrdinalIgnoreCase))
        || options.Value.AllowedHosts.Any(host =>
            string.Equals(host, address.Host, StringComparison.OrdinalIgnoreCase)
            || string.Equals(host, $"{address.Host}:{address.Port}", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether an address lies in a loopback, private, link-local or otherwise not public range.</summary>
    public static bool IsInside(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        IPAddress reached = address switch
        {
            { IsIPv4MappedToIPv6: true } => address.MapToIPv4(),
            _ when _nat64.Contains(address) => new IPAddress(bytes.AsSpan(12, 4)),
            _ when _sixToFour.Contains(address) => new IPAddress(bytes.AsSpan(2, 4)),
            _ => address,
        };
        return _inside.Any(range => range.Contains(reached));
    }

    /// <summary>The addresses of a host that may be called.</summary>
    /// <exception cref="LagoAddressRefusedException">One of them is inside, and the host is not allowed.</exception>
    /// <exception cref="SocketException">The name cannot be resolved.</exception>
    public async Task<IReadOnlyList<IPAddress>> ResolveAsync(Uri address, CancellationToken cancellationToken)
    {
        IReadOnlyList<IPAddress> addresses = IPAddress.TryParse(address.DnsSafeHost, out IPAddress? literal)
            ? [literal]
            : await resolver.ResolveAsync(address.IdnHost, cancellationToken);

        // One inside address among public ones is refused too: which one is called would be chance.
        return IsAllowed(address) || !addresses.Any(IsInside)
            ? addresses
            : throw new LagoAddressRefusedException(
                $"{address.Host} is in a private network, which is allowed only for hosts listed in the setting {LagoOptions.Section}:{nameof(LagoOptions.AllowedHosts)}");
    }

    /// <summary>Opens a connection for the HTTP handler, to a checked address only.</summary>
    internal async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Uri target = context.InitialRequestMessage.RequestUri!;
        if (target.Scheme != Uri.UriSchemeHttps && !IsAllowed(target))
        {
            throw new LagoAddressRefusedException($"{target.Host} would be called without https, which would show the API key to others");
        }

        // Behind an HTTP proxy the connection goes to the proxy, which the administrator chose.
        bool isProxy = !string.Equals(context.DnsEndPoint.Host, target.IdnHost, StringComparison.OrdinalIgnoreCase)
            && !string.Equals(context.DnsEndPoint.Host, target.DnsSafeHost, StringComparison.OrdinalIgnoreCase);
        IReadOnlyList<IPAddress> addresses = isProxy
            ? await resolver.ResolveAsync(context.DnsEndPoint.Host, cancellationToken)
            : await ResolveAsync(target, cancellationToken);

        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync([.. addresses], context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>An address that must not be called; the message says why, without a closing full stop.</summary>
public sealed class LagoAddressRefusedException : Exception
{
    public LagoAddressRefusedException()
    {
    }

    public LagoAddressRefusedException(string message)
        : base(message)
    {
    }

    public LagoAddressRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
