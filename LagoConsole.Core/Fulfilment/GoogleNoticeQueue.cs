using System.Text;
using System.Text.Json;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Google;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Time;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Fulfilment;

/// <summary>A Pub/Sub subscription to the topic that Google made for the provider, pulled over REST.</summary>
public sealed class GoogleNoticeQueue(
    HttpClient http, IAccessTokenSource tokens, ISandboxDoor sandbox, IOptions<GoogleOptions> options, IOptions<GoogleNoticeOptions> notices,
    NetworkClock? network = null) : INoticeQueue, IDisposable
{
    private static readonly Uri Production = new("https://pubsub.googleapis.com/");

    private readonly BearerCalls _calls = new(http, tokens, "Pub/Sub", options.Value.RequestTimeout, network);

    public Marketplace Marketplace => Marketplace.Gcp;

    public bool IsConfigured => notices.Value.NoticesSubscription is not null;

    public async Task<QueueAnswer> ReceiveAsync(Guid productId, CancellationToken cancellationToken) => await AskAsync(productId, "pull", """{"maxMessages":25,"returnImmediately":true}""", cancellationToken) switch
    {
        BearerAnswer.Ok ok => new QueueAnswer.Received([.. StrictJson.Items(ok.Root, "receivedMessages").Select(Message).OfType<QueuedNotice>()]),
        BearerAnswer.Refused refused => new QueueAnswer.Failed($"Pub/Sub does not know the subscription of Google:NoticesSubscription. {refused.Sentence}".Trim()),
        BearerAnswer.Failed failed => new QueueAnswer.Failed(failed.Sentence),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public async Task<string?> DeleteAsync(Guid productId, IReadOnlyList<QueuedNotice> notices, CancellationToken cancellationToken) => await AskAsync(
        productId, "acknowledge", JsonSerializer.Serialize(new { ackIds = notices.Select(notice => notice.Receipt).ToArray() }), cancellationToken) switch
    {
        BearerAnswer.Ok => null,
        BearerAnswer.Refused refused => $"Pub/Sub did not take the acknowledgement: the notices come again and change nothing. {refused.Sentence}".Trim(),
        BearerAnswer.Failed failed => failed.Sentence,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public void Dispose() => _calls.Dispose();

    private Task<BearerAnswer> AskAsync(Guid productId, string verb, string json, CancellationToken cancellationToken) => _calls.AskAsync(
        productId, HttpMethod.Post, new Uri(sandbox.IsOpen ? sandbox.GoogleBaseAddress : Production, $"v1/{notices.Value.NoticesSubscription}:{verb}"),
        json, new Dictionary<string, string>(StringComparer.Ordinal), cancellationToken);

    /// <summary>Null without what a message cannot do without: it is not acknowledged, and Pub/Sub keeps it.</summary>
    private static QueuedNotice? Message(JsonElement received)
    {
        JsonElement? message = StrictJson.Member(received, "message");
        return StrictJson.Text(received, "ackId") is { Length: > 0 } receipt && StrictJson.Text(message, "messageId") is { Length: > 0 and <= NoticeReader.MaxId } id
            ? new QueuedNotice(receipt, id, Data(StrictJson.Text(message, "data") ?? ""))
            : null;
    }

    /// <summary>What is no Base64 is kept as it is, to be shown.</summary>
    private static string Data(string base64)
    {
        byte[] bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out int length) ? Encoding.UTF8.GetString(bytes, 0, length) : base64;
    }
}
