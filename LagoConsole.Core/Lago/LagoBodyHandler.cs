namespace LagoConsole.Core.Lago;

/// <summary>
/// Takes the whole answer in before anything above sees it, so that the time-out, the size limit and the
/// repetitions hold for its last byte as for its first.
/// </summary>
internal sealed class LagoBodyHandler(int maxResponseBytes) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        try
        {
            await response.Content.LoadIntoBufferAsync(maxResponseBytes, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
