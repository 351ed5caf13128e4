using System.Net;
using System.Web;

namespace LagoConsole.Bench.Servers;

/// <summary>A Lago without sockets: what is measured beside it is the console alone.</summary>
internal sealed class InProcessLago(LagoAnswers answers) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.AbsolutePath["/api/v1/".Length..];
        byte[]? answer = request.RequestUri.Query.Length == 0 || path.Contains('/', StringComparison.Ordinal)
            ? answers.Answer(path, 1, 20)
            : Page(path, request.RequestUri.Query);
        return Task.FromResult(new HttpResponseMessage(answer is null ? HttpStatusCode.NotFound : HttpStatusCode.OK)
        {
            RequestMessage = request,
            Content = new ByteArrayContent(answer ?? []) { Headers = { ContentType = new("application/json") } },
        });
    }

    private byte[]? Page(string path, string query)
    {
        System.Collections.Specialized.NameValueCollection values = HttpUtility.ParseQueryString(query);
        return answers.Answer(path, Number(values["page"], 1), Number(values["per_page"], 20));
    }

    private static int Number(string? text, int otherwise) => text is null ? otherwise : int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
