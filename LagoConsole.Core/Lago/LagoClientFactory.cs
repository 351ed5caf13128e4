using Microsoft.Extensions.Http;
using Refit;

namespace LagoConsole.Core.Lago;

/// <summary>Makes clients for an organization's address and key. Cheap: connections and limits are shared.</summary>
public sealed class LagoClientFactory(IHttpMessageHandlerFactory handlers, TimeProvider clock)
{
    /// <summary>Name of the shared handler chain: repetition, rate limit, time-out, whole body, sockets.</summary>
    internal const string HandlerName = "Lago";

    /// <summary>Creates a client.</summary>
    /// <param name="baseAddress">Full base address including <c>/api/v1</c>, from <see cref="LagoAddresses"/>.</param>
    /// <param name="key">The organization's API key.</param>
    /// <param name="limitId">Whose rate limit is used: the integration's id. All clients of one id share one limit.</param>
    /// <exception cref="ArgumentException">The address is not absolute http or https, or the id is empty.</exception>
    public LagoClient Create(Uri baseAddress, LagoApiKey key, string limitId)
    {
        ArgumentNullException.ThrowIfNull(baseAddress);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentException.ThrowIfNullOrEmpty(limitId);
        if (!baseAddress.IsAbsoluteUri || baseAddress.Scheme is not ("http" or "https") || baseAddress.UserInfo.Length > 0)
        {
            throw new ArgumentException("Lago's base address must be an absolute http or https address without a user.", nameof(baseAddress));
        }

        // The outer two handlers belong to this client and hold nothing to dispose; the chain below is the factory's.
        DelegatingHandler own = new LagoUriHandler(baseAddress)
        {
            InnerHandler = new LagoKeyHandler(key, limitId) { InnerHandler = handlers.CreateHandler(HandlerName) },
        };
        HttpClient http = new(own, disposeHandler: false)
        {
            BaseAddress = baseAddress,
            Timeout = Timeout.InfiniteTimeSpan, // each attempt has its own limit; waiting for one's turn has none
        };
        RefitSettings settings = new(new LagoContentSerializer());
        return new LagoClient(RestService.ForGenerated<ILagoApi>(http, settings), clock);
    }
}
