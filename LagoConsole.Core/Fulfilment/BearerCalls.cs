using System.Net.Http.Headers;
using System.Text.Json;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Time;

namespace LagoConsole.Core.Fulfilment;

/// <summary>What came of one call of <see cref="BearerCalls"/>.</summary>
internal abstract record BearerAnswer
{
    private BearerAnswer()
    {
    }

    public sealed record Ok(JsonElement Root) : BearerAnswer;

    /// <summary>400 or 404: the same question is answered the same again.</summary>
    public sealed record Refused(int Status, string Sentence) : BearerAnswer;

    /// <summary>No answer, none that is understood, or one that a later try may change.</summary>
    public sealed record Failed(string Sentence) : BearerAnswer;
}

/// <summary>
/// Asks a marketplace with a bearer token, once and within a limit. Never throws for what a network or an identity provider does: that
/// is the answer. What is asked here may be asked again without harm.
/// </summary>
/// <param name="who">Who is asked, as a sentence names it.</param>
internal sealed class BearerCalls(HttpClient http, IAccessTokenSource tokens, string who, TimeSpan limit, NetworkClock? network) : IDisposable
{
    /// <param name="productId">Whose account asks; one that is no product's stands for the usual chain.</param>
    /// <param name="method">Such as GET.</param>
    /// <param name="address">What is asked.</param>
    /// <param name="json">The body; null for none.</param>
    /// <param name="headers">Further headers.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<BearerAnswer> AskAsync(
        Guid productId, HttpMethod method, Uri address, string? json, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        // Not by the console's clock: the sandbox may move that one, and a socket does not care.
        using CancellationTokenSource time = new(limit, (network ?? NetworkClock.Real).Time);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, time.Token);
        return await tokens.FindAsync(productId, patience.Token) switch
        {
            TokenAnswer.Found found => await SendAsync(method, address, json, headers, found.Token, patience.Token),
            TokenAnswer.Missing missing => new BearerAnswer.Failed($"{missing.Problem}, so {who} was not asked. {missing.Remedy}"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    public void Dispose() => http.Dispose();

    private async Task<BearerAnswer> SendAsync(
        HttpMethod method, Uri address, string? json, IReadOnlyDictionary<string, string> headers, string token, CancellationToken patience)
    {
        using MeteringBody body = new(System.Text.Encoding.UTF8.GetBytes(json ?? ""));
        using HttpRequestMessage request = MeteringCall.Post(address, body);
        request.Method = method;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (method == HttpMethod.Get)
        {
            request.Content = null;
        }

        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        switch (await MeteringCall.SendAsync(http, request, body, patience))
        {
            case CallOutcome.Answered answered:
                if (answered.Status is 401 or 403)
                {
                    tokens.Refused(token);
                }

                return Read(answered.Status, answered.Body, token);
            case CallOutcome.Broken broken:
                return new BearerAnswer.Failed($"{broken.Sentence} It is asked again.");
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private BearerAnswer Read(int status, byte[] body, string token)
    {
        using JsonDocument? document = StrictJson.Parse(body);
        if (status == 200)
        {
            return document is { RootElement.ValueKind: JsonValueKind.Object }
                ? new BearerAnswer.Ok(document.RootElement.Clone())
                : new BearerAnswer.Failed($"{who}'s answer was not understood. It is asked again.");
        }

        JsonElement? root = document?.RootElement;
        string said = StrictJson.Text(root, "message") ?? StrictJson.Text(StrictJson.Member(root, "error"), "message") ?? "";
        said = StrictJson.Shorten(said.Replace(token, "[removed]", StringComparison.Ordinal)) is { Length: > 0 } words ? $" {who} says: {words}" : "";
        return status switch
        {
            400 or 404 => new BearerAnswer.Refused(status, said.Trim()),
            401 or 403 => new BearerAnswer.Failed($"{who} does not let the console ask ({status}): see docs/marketplaces.md for the rights that it needs. It is asked again.{said}"),
            429 => new BearerAnswer.Failed($"{who} limits how often it is asked. It is asked again."),
            _ => new BearerAnswer.Failed($"{who} answered {status}. It is asked again.{said}"),
        };
    }
}
