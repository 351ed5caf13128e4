using System.Net;

namespace LagoConsole.Core.Lago;

/// <summary>Finds the addresses of a host name.</summary>
public interface IHostResolver
{
    /// <exception cref="System.Net.Sockets.SocketException">The name is unknown or the name service does not answer.</exception>
    Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken);
}

/// <summary>Asks the machine's name service.</summary>
public sealed class DnsHostResolver : IHostResolver
{
    public async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) =>
        await Dns.GetHostAddressesAsync(host, cancellationToken);
}
