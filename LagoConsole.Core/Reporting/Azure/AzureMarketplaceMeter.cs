using System.Net.Http.Headers;
using System.Text;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reconciliation;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Time;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Reporting.Azure;

/// <summary>
/// Reports to Microsoft's metering service: one <c>batchUsageEvent</c> for each call, also for a single event, because only the
/// batch answers with a typed status per event. Repeats nothing by itself.
/// </summary>
public sealed class AzureMarketplaceMeter(
    HttpClient http, IAccessTokenSource tokens, ISandboxDoor sandbox, IOptions<AzureOptions> options, NetworkClock? network = null)
    : IMarketplaceMeter, IDisposable
{
    /// <summary>The metering service's version that the console speaks.</summary>
    internal const string ApiVersion = "2018-08-31";

    internal static readonly Uri Production = new("https://marketplaceapi.microsoft.com/api/");

    public Marketplace Marketplace => Marketplace.Azure;

    /// <summary>Reads what was reported, through the same connections and with the same tokens.</summary>
    internal AzureUsageEvents UsageEvents() => new(http, tokens, sandbox, options, network);

    /// <summary>Azure's limit.</summary>
    public int BatchLimit => 25;

    /// <exception cref="ArgumentException">No record, too many, or one of another batch.</exception>
    public async Task<MeteringAnswer> ReportAsync(string batchKey, IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
    {
        if (records.Count < 1 || records.Count > BatchLimit || records.Any(record => record.BatchKey != batchKey))
        {
            throw new ArgumentException($"A call takes 1 to {BatchLimit} records of the batch {batchKey}; these are {records.Count}.", nameof(records));
        }

        // Not by the console's clock: the sandbox may move that one, and a socket does not care.
        using CancellationTokenSource limit = new(options.Value.RequestTimeout, (network ?? NetworkClock.Real).Time);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        return await tokens.FindAsync(BatchProduct.Of(batchKey), patience.Token) switch
        {
            TokenAnswer.Found found => await SendAsync(records, found.Token, patience.Token),
            TokenAnswer.Missing missing => MeteringCall.Same(records, new MeteringReceipt.NotProcessed(missing.Sentence)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    public void Dispose() => http.Dispose();

    private async Task<MeteringAnswer> SendAsync(IReadOnlyList<UsageRecord> records, string token, CancellationToken patience)
    {
        AzureEvent[] events = [.. records.Select(AzureEvent.Of)]; // before anything is sent: it must not fail with an answer in hand
        Uri endpoint = new(sandbox.IsOpen ? sandbox.AzureBaseAddress : Production, $"batchUsageEvent?api-version={ApiVersion}");
        using MeteringBody body = new(Compose(records));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpRequestMessage request = MeteringCall.Post(endpoint, body);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        string requestId = Guid.NewGuid().ToString();
        request.Headers.TryAddWithoutValidation("x-ms-requestid", requestId);
        request.Headers.TryAddWithoutValidation("x-ms-correlationid", requestId);
        string asked = $"POST {endpoint}\n\n";
        switch (await MeteringCall.SendAsync(http, request, body, patience))
        {
            case CallOutcome.Answered answered:
                if (answered.Status is 401 or 403)
                {
                    tokens.Refused(token);
                }

                IReadOnlyList<(MeteringReceipt Receipt, string Kept)> said = AzureAnswerReader.Read(
                    events, answered.Status, answered.Body, answered.Header("Retry-After"), text => text.Replace(token, "[removed]", StringComparison.Ordinal));
                return new MeteringAnswer(
                    [.. records.Zip(said, (record, one) => new MeteringAnswerItem(record.Id, one.Receipt, asked + record.Payload, one.Kept))],
                    RefusedWhole: answered.Status == 400 && said[0].Receipt is MeteringReceipt.Rejected, // one of the events is bad, and Azure does not say which
                    answered.Status, RequestId(answered.Headers, requestId));
            case CallOutcome.Broken broken:
                return new MeteringAnswer(
                    [.. records.Select(record => new MeteringAnswerItem(record.Id, broken.Receipt("Azure"), asked + record.Payload, Response: null))],
                    RefusedWhole: false, broken.Status, RequestId(broken.Headers, requestId));
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>The stored payloads, byte for byte, in the envelope that Azure wants around them (R12).</summary>
    internal static byte[] Compose(IReadOnlyList<UsageRecord> records) => Encoding.UTF8.GetBytes(
        new StringBuilder("{\"request\":[").AppendJoin(',', records.Select(record => record.Payload)).Append("]}").ToString());

    /// <summary>Azure gives the id back; support asks for it.</summary>
    private static string RequestId(HttpResponseHeaders? headers, string sent) =>
        MeteringCall.Header(headers, "x-ms-requestid") is { Length: > 0 and <= 200 } id ? id : sent;
}
