using System.Net.Http.Headers;

namespace LagoConsole.Core.Lago;

/// <summary>Gives each request its integration's key and share of the rate limit.</summary>
internal sealed class LagoKeyHandler(LagoApiKey key, string limitId) : DelegatingHandler
{
    /// <summary>Whose share of the rate limit a request uses.</summary>
    public static readonly HttpRequestOptionsKey<string> LimitId = new("LagoConsole.LimitId");

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Reveal());
        request.Options.Set(LimitId, limitId);
        return base.SendAsync(request, cancellationToken);
    }
}
