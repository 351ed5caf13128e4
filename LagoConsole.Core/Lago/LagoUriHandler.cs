namespace LagoConsole.Core.Lago;

/// <summary>
/// Sends dots in ids as <c>%2E</c>. Lago's router ends a path segment at a dot: <c>acme.com</c> would be 404, or,
/// worse, the customer <c>acme</c> (T20). .NET writes <c>%2E</c> back to a dot unless told not to.
/// </summary>
/// <param name="baseAddress">Its own path is left alone: a proxy may route by it.</param>
internal sealed class LagoUriHandler(Uri baseAddress) : DelegatingHandler
{
    private readonly int _basePathLength = baseAddress.AbsolutePath.TrimEnd('/').Length;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = WithEncodedDots(request.RequestUri!);
        return base.SendAsync(request, cancellationToken);
    }

    private Uri WithEncodedDots(Uri uri)
    {
        string path = uri.AbsolutePath;
        string encoded = path[.._basePathLength] + path[_basePathLength..].Replace(".", "%2E", StringComparison.Ordinal);
        return new Uri(
            uri.GetLeftPart(UriPartial.Authority) + encoded + uri.Query,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }
}
