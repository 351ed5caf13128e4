using System.Net;
using System.Net.Http.Headers;
using LagoConsole.Sandbox.Aws;
using LagoConsole.Sandbox.Azure;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Google;
using LagoConsole.Sandbox.Lago;

namespace LagoConsole.Sandbox;

/// <summary>Carries a client's requests to a world in the same process. A dropped connection is an <see cref="HttpRequestException"/>.</summary>
internal sealed class InProcessHandler(SandboxWorld world) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        SandboxRequest received = await ReceiveAsync(request, cancellationToken);
        SandboxResponse answer = await SandboxExchange.AnswerAsync(world, ServiceAt(received.RawPath), received, cancellationToken)
            ?? throw new HttpRequestException(HttpRequestError.ResponseEnded, "The connection was dropped.");
        return ToMessage(answer, request, world.Clock.GetUtcNow());
    }

    internal static SandboxService ServiceAt(string path) =>
        path.StartsWith(AwsApi.Root, StringComparison.Ordinal) ? SandboxService.Aws
        : path.StartsWith(AzureApi.Root, StringComparison.Ordinal) ? SandboxService.Azure
        : path.StartsWith(GoogleApi.Root, StringComparison.Ordinal) ? SandboxService.Google
        : path.StartsWith(LagoApi.Root + "/", StringComparison.Ordinal) ? SandboxService.Lago
        : throw new HttpRequestException($"No service of the sandbox stands at {path}.");

    /// <summary>The request as it comes over the wire. Reading its body is the moment from which it may have left the client.</summary>
    internal static async Task<SandboxRequest> ReceiveAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Uri address = request.RequestUri ?? throw new HttpRequestException("The request has no address.");
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase) { ["Host"] = request.Headers.Host ?? address.Authority };
        IEnumerable<KeyValuePair<string, HeaderStringValues>> sent = request.Headers.NonValidated;
        if (request.Content is { } content)
        {
            sent = sent.Concat(content.Headers.NonValidated);
        }

        foreach (KeyValuePair<string, HeaderStringValues> header in sent)
        {
            headers[header.Key] = string.Join(", ", header.Value);
        }

        byte[] body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        return new SandboxRequest(request.Method.Method, address.PathAndQuery, headers, body);
    }

    internal static HttpResponseMessage ToMessage(SandboxResponse answer, HttpRequestMessage request, DateTimeOffset now)
    {
        ByteArrayContent content = new(answer.Body.ToArray());
        if (answer.ContentType.Length > 0)
        {
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(answer.ContentType);
        }

        HttpResponseMessage response = new((HttpStatusCode)answer.Status) { Content = content, RequestMessage = request };
        response.Headers.Date = now;
        foreach ((string name, string value) in answer.Headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }
}
