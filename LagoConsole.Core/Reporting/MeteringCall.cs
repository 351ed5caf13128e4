using System.Net.Http.Headers;

namespace LagoConsole.Core.Reporting;

/// <summary>What came of one call to a marketplace, as far as the network can tell.</summary>
internal abstract record CallOutcome
{
    private CallOutcome()
    {
    }

    /// <summary>A whole answer.</summary>
    public sealed record Answered(int Status, byte[] Body, HttpResponseHeaders Headers) : CallOutcome
    {
        /// <summary>A header's first value, or null.</summary>
        public string? Header(string name) => MeteringCall.Header(Headers, name);
    }

    /// <summary>No answer, or one that broke off.</summary>
    /// <param name="MayHaveLeft">False: not one byte of the body has left, so that nothing can have been processed.</param>
    /// <param name="Sentence">What happened to the connection.</param>
    /// <param name="Status">Null when not even the answer's head arrived.</param>
    public sealed record Broken(bool MayHaveLeft, string Sentence, int? Status, HttpResponseHeaders? Headers) : CallOutcome
    {
        /// <summary>What it means for each record of the call (R13).</summary>
        /// <param name="who">The marketplace, as a sentence names it.</param>
        public MeteringReceipt Receipt(string who) => MayHaveLeft
            ? new MeteringReceipt.Unknown($"{Sentence} The record may have been billed: the same record is sent again until {who} says.")
            : new MeteringReceipt.NotProcessed($"{Sentence} Nothing was sent; the same record goes again by itself.");
    }
}

/// <summary>
/// One HTTP call, sent once. Its failure says whether the body may have left: that decides whether a record is known not to be
/// billed, or unknown.
/// </summary>
internal static class MeteringCall
{
    /// <summary>An honest answer to 25 records has some 20 KB.</summary>
    private const long MaxAnswerBytes = 1024 * 1024;

    /// <param name="body">The request's; null for a question that has none and changes nothing.</param>
    /// <param name="patience">Limits the whole call, to the last byte of the answer.</param>
    public static async Task<CallOutcome> SendAsync(
        HttpClient http, HttpRequestMessage request, MeteringBody? body, CancellationToken patience, long maxAnswerBytes = MaxAnswerBytes)
    {
        HttpResponseMessage? response = null;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience);
            await response.Content.LoadIntoBufferAsync(maxAnswerBytes, patience);
            return new CallOutcome.Answered((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(patience), response.Headers);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            int? status = (int?)response?.StatusCode;
            return new CallOutcome.Broken(body?.MayHaveLeft ?? false, Explain(failure, request.RequestUri!, status), status, response?.Headers);
        }
        finally
        {
            response?.Dispose();
        }
    }

    /// <summary>
    /// A client of its own and not one of the factory's: what an app adds to all of those (retries above all) must never
    /// come between a record and its one attempt.
    /// </summary>
    /// <param name="useProxy">False for the sandbox, which is this process.</param>
    public static HttpClient CreateClient(bool useProxy) => new(
        new SocketsHttpHandler
        {
            UseProxy = useProxy,
            AllowAutoRedirect = false, // a signature, or a token, is for one address
            UseCookies = false,
            AutomaticDecompression = System.Net.DecompressionMethods.None,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // follows DNS
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15), // a connection that the other side is about to close would leave a record unknown
            MaxResponseHeadersLength = 64,
        })
    {
        Timeout = Timeout.InfiniteTimeSpan, // the meter's own limit covers the body too
    };

    /// <summary>A request that its connection carries alone, so that a failure of the connection is this call's.</summary>
    public static HttpRequestMessage Post(Uri address, MeteringBody body) => new(HttpMethod.Post, address)
    {
        Version = System.Net.HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Content = body,
    };

    /// <summary>One receipt for all records of a call that was never made.</summary>
    public static MeteringAnswer Same(IReadOnlyList<UsageRecord> records, MeteringReceipt receipt) => new(
        [.. records.Select(record => new MeteringAnswerItem(record.Id, receipt, Request: null, Response: null))],
        RefusedWhole: false, HttpStatus: null, RequestId: null);

    /// <summary>A header's first value, or null.</summary>
    public static string? Header(HttpResponseHeaders? headers, string name) =>
        headers is not null && headers.TryGetValues(name, out IEnumerable<string>? values) ? values.FirstOrDefault() : null;

    private static string Explain(Exception failure, Uri endpoint, int? status) => failure switch
    {
        _ when status is not null => $"The answer of {endpoint.Host} (HTTP {status}) broke off or was too long.",
        OperationCanceledException => $"The call to {endpoint.Host} was given up: no answer in time, or the console is stopping.",
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => $"The name {endpoint.Host} was not found: check DNS and network.",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => $"{endpoint.Host} could not be reached: check network and firewall.",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => $"No trusted TLS connection to {endpoint.Host}: check its certificate and any inspecting proxy.",
        HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } => $"The proxy did not open a way to {endpoint.Host}: check the proxy's settings.",
        _ => $"The connection to {endpoint.Host} broke before an answer came.",
    };
}
