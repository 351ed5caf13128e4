using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace LagoConsole.Tests.Support;

/// <summary>
/// Where <c>eng/prism.sh</c> runs the tests: sends what a client asked and what the sandbox answered through a proxy that holds
/// both against the marketplace's published description. The answer travels along and is given back behind the proxy, so that
/// each exchange happens once. A violation fails the test.
/// </summary>
internal sealed class SchemaProxy : DelegatingHandler
{
    /// <summary>The sandbox's paths, the proxies before them, and what the description calls the rest of the path.</summary>
    private static readonly (string Root, string Name, string? Address)[] Proxies =
    [
        ("/sandbox/azure/api/", "azure", Environment.GetEnvironmentVariable("LAGOCONSOLE_TEST_AZURE_PROXY")),
        ("/sandbox/google/v1/services/", "google", Environment.GetEnvironmentVariable("LAGOCONSOLE_TEST_GOOGLE_PROXY") is { } google ? $"{google}/v1/services" : null),
    ];

    private static readonly Lock Writing = new();
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, MaxResponseHeadersLength = 100 });

    private SchemaProxy(HttpMessageHandler sandbox)
        : base(sandbox)
    {
    }

    /// <summary>True where the tests run behind proxies: answers must then be exactly as described.</summary>
    public static bool IsOn => Array.Exists(Proxies, proxy => proxy.Address is not null);

    /// <summary>The handler itself, where no proxy is named.</summary>
    public static HttpMessageHandler Before(HttpMessageHandler sandbox) => IsOn ? new SchemaProxy(sandbox) : sandbox;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage answer = await base.SendAsync(request, cancellationToken);
        string path = request.RequestUri!.PathAndQuery;
        (string root, string name, string? address) = Array.Find(Proxies, proxy => path.StartsWith(proxy.Root, StringComparison.Ordinal));
        if (address is null || (int)answer.StatusCode is 429 or >= 500 || request.Headers.Authorization is null)
        {
            return answer; // a fault of the test's own making is not the marketplace's answer, and a look at its clock asks without a token
        }

        using HttpRequestMessage copy = new(request.Method, $"{address}/{path[root.Length..]}");
        foreach (KeyValuePair<string, HeaderStringValues> header in request.Headers.NonValidated)
        {
            copy.Headers.TryAddWithoutValidation(header.Key, (IEnumerable<string>)header.Value);
        }

        if (request.Content is { } content)
        {
            copy.Content = new ByteArrayContent(await content.ReadAsByteArrayAsync(cancellationToken));
            copy.Content.Headers.ContentType = content.Headers.ContentType;
        }

        byte[] body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        copy.Headers.TryAddWithoutValidation("X-Recorded-Answer", Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(new
        {
            status = (int)answer.StatusCode,
            headers = answer.Headers.Concat(answer.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.Ordinal),
            body = Convert.ToBase64String(body),
        })));
        using HttpResponseMessage checkedAnswer = await Http.SendAsync(copy, cancellationToken);
        byte[] seen = await checkedAnswer.Content.ReadAsByteArrayAsync(cancellationToken);
        bool isAsDescribed = checkedAnswer.StatusCode == answer.StatusCode && seen.AsSpan().SequenceEqual(body) && !checkedAnswer.Headers.Contains("sl-violations");
        string exchange = string.Create(
            CultureInfo.InvariantCulture, $"{name} {request.Method} {path[root.Length..].Split('?')[0]} {(int)answer.StatusCode}");
        Write($"{(isAsDescribed ? "ok" : "VIOLATION")} {exchange}{(isAsDescribed ? "" : $" {Encoding.UTF8.GetString(seen)} asked: {await AskedAsync(copy, cancellationToken)}")}");
        return isAsDescribed ? answer : throw new InvalidOperationException($"Not as described: {exchange}. {Encoding.UTF8.GetString(seen)}");
    }

    private static async Task<string> AskedAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Content is null ? request.RequestUri!.Query : await request.Content.ReadAsStringAsync(cancellationToken);

    private static void Write(string line)
    {
        if (Environment.GetEnvironmentVariable("LAGOCONSOLE_TEST_PROXY_LOG") is not { } log)
        {
            return;
        }

        lock (Writing)
        {
            File.AppendAllText(log, line.ReplaceLineEndings(" ") + Environment.NewLine);
        }
    }
}
