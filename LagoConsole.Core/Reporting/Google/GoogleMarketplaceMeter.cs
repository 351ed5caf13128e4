using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Products;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Time;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Reporting.Google;

/// <summary>
/// Reports to Google's Service Control: a <c>check</c> for each buyer that was not asked about lately, then one <c>report</c> of the
/// operations that may go. Repeats nothing by itself.
/// </summary>
public sealed class GoogleMarketplaceMeter(
    HttpClient http, IAccessTokenSource tokens, ISandboxDoor sandbox, IOptions<GoogleOptions> options, TimeProvider clock, NetworkClock? network = null)
    : IMarketplaceMeter, IDisposable
{
    internal static readonly Uri Production = new("https://servicecontrol.googleapis.com/");

    /// <summary>Google's advice for how long a verdict holds.</summary>
    private static readonly TimeSpan VerdictHolds = TimeSpan.FromSeconds(60);

    private readonly Dictionary<(string Service, string Consumer), DateTimeOffset> _passed = [];
    private readonly Lock _gate = new();

    public Marketplace Marketplace => Marketplace.Gcp;

    /// <summary>Google sets no number; calls stay far below its megabyte.</summary>
    public int BatchLimit => 25;

    /// <exception cref="ArgumentException">No record, too many, or one of another batch.</exception>
    public async Task<MeteringAnswer> ReportAsync(string batchKey, IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
    {
        if (records.Count < 1 || records.Count > BatchLimit || records.Any(record => record.BatchKey != batchKey))
        {
            throw new ArgumentException($"A call takes 1 to {BatchLimit} records of the batch {batchKey}; these are {records.Count}.", nameof(records));
        }

        // Not by the console's clock: the sandbox may move that one, and a socket does not care.
        TimeProvider time = (network ?? NetworkClock.Real).Time;
        using CancellationTokenSource limit = new(options.Value.RequestTimeout, time);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        switch (await tokens.FindAsync(BatchProduct.Of(batchKey), patience.Token))
        {
            case TokenAnswer.Missing missing:
                return MeteringCall.Same(records, new MeteringReceipt.NotProcessed(missing.Sentence));
            case TokenAnswer.Found found:
                Call call = new(new Uri(sandbox.IsOpen ? sandbox.GoogleBaseAddress : Production, $"v1/services/{GoogleRules.ServiceOf(batchKey)}"), found.Token);
                Dictionary<Guid, MeteringAnswerItem> held = await CheckAsync(call, records, patience.Token);
                UsageRecord[] free = [.. records.Where(record => !held.ContainsKey(record.Id))];

                // Slow checks must not leave the report so little time that it is given up on its way.
                using (CancellationTokenSource ofReport = new(options.Value.RequestTimeout, time))
                using (CancellationTokenSource reporting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ofReport.Token))
                {
                    MeteringAnswer answer = free.Length == 0
                        ? new MeteringAnswer([], RefusedWhole: false, HttpStatus: null, RequestId: null)
                        : await ReportAsync(call, free, reporting.Token);
                    Dictionary<Guid, MeteringAnswerItem> said = answer.Items.ToDictionary(item => item.RecordId);
                    return answer with { Items = [.. records.Select(record => held.GetValueOrDefault(record.Id) ?? said[record.Id])] };
                }

            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    public void Dispose() => http.Dispose();

    /// <summary>Asks about each buyer once; what it says against a record is that record's receipt.</summary>
    private async Task<Dictionary<Guid, MeteringAnswerItem>> CheckAsync(Call call, IReadOnlyList<UsageRecord> records, CancellationToken patience)
    {
        Dictionary<Guid, MeteringAnswerItem> held = [];
        foreach (IGrouping<string, UsageRecord> ofConsumer in records.GroupBy(Consumer, StringComparer.Ordinal))
        {
            if (HasPassed(call, ofConsumer.Key))
            {
                continue;
            }

            UsageRecord first = ofConsumer.First();
            Uri address = new($"{call.Service}:check");
            CallOutcome outcome = await SendAsync(call, address, $"{{\"operation\":{first.Payload}}}", patience);
            (MeteringReceipt? against, string? answer) = outcome switch
            {
                CallOutcome.Answered answered => (
                    GoogleAnswerReader.ReadCheck(answered.Status, answered.Body, call.Redact),
                    StrictJson.Cut($"HTTP {answered.Status}: {call.Redact(Encoding.UTF8.GetString(answered.Body))}")),
                CallOutcome.Broken broken => (
                    new MeteringReceipt.NotProcessed($"{broken.Sentence} Google was being asked whether the buyer may be billed; nothing was reported, and the same record goes again by itself."), null),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
            if (against is null)
            {
                Passed(call, ofConsumer.Key);
                continue;
            }

            foreach (UsageRecord record in ofConsumer)
            {
                // What is wrong with the form of one operation says nothing of the buyer's other ones: the next call asks with another.
                MeteringReceipt receipt = record != first && against is MeteringReceipt.Rejected { Cause: RejectionCause.InvalidRecord }
                    ? new MeteringReceipt.NotProcessed("Google was asked about this buyer with another operation, whose form it refused. Nothing was reported; this record goes again by itself.")
                    : against;
                held.Add(record.Id, new MeteringAnswerItem(record.Id, receipt, $"POST {address}\n\n{{\"operation\":{record.Payload}}}", answer));
            }
        }

        return held;
    }

    private async Task<MeteringAnswer> ReportAsync(Call call, IReadOnlyList<UsageRecord> records, CancellationToken patience)
    {
        Uri address = new($"{call.Service}:report");
        string asked = $"POST {address}\n\n";
        switch (await SendAsync(call, address, Compose(records), patience))
        {
            case CallOutcome.Answered answered:
                IReadOnlyList<(MeteringReceipt Receipt, string Kept)> said = GoogleAnswerReader.ReadReport(records, answered.Status, answered.Body, call.Redact);
                return new MeteringAnswer(
                    [.. records.Zip(said, (record, one) => new MeteringAnswerItem(record.Id, one.Receipt, asked + record.Payload, one.Kept))],
                    RefusedWhole: answered.Status == 400 && said[0].Receipt is MeteringReceipt.Rejected, answered.Status, RequestId: null);
            case CallOutcome.Broken broken:
                return new MeteringAnswer(
                    [.. records.Select(record => new MeteringAnswerItem(record.Id, broken.Receipt("Google"), asked + record.Payload, Response: null))],
                    RefusedWhole: false, broken.Status, RequestId: null);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>The stored payloads, byte for byte, in the envelope that Google wants around them (R12).</summary>
    internal static string Compose(IReadOnlyList<UsageRecord> records) =>
        new StringBuilder("{\"operations\":[").AppendJoin(',', records.Select(record => record.Payload)).Append("]}").ToString();

    private async Task<CallOutcome> SendAsync(Call call, Uri address, string json, CancellationToken patience)
    {
        using MeteringBody body = new(Encoding.UTF8.GetBytes(json));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpRequestMessage request = MeteringCall.Post(address, body);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", call.Token);
        CallOutcome outcome = await MeteringCall.SendAsync(http, request, body, patience);
        if (outcome is CallOutcome.Answered { Status: 401 })
        {
            tokens.Refused(call.Token);
        }

        return outcome;
    }

    private static string Consumer(UsageRecord record)
    {
        using JsonDocument payload = JsonDocument.Parse(record.Payload);
        return payload.RootElement.GetProperty("consumerId").GetString()!;
    }

    private bool HasPassed(Call call, string consumer)
    {
        lock (_gate)
        {
            return _passed.TryGetValue((call.Service, consumer), out DateTimeOffset at) && (clock.GetUtcNow() - at).Duration() < VerdictHolds;
        }
    }

    private void Passed(Call call, string consumer)
    {
        DateTimeOffset now = clock.GetUtcNow();
        lock (_gate)
        {
            foreach ((string, string) old in _passed.Where(verdict => (now - verdict.Value).Duration() >= VerdictHolds).Select(verdict => verdict.Key).ToArray())
            {
                _passed.Remove(old);
            }

            _passed[(call.Service, consumer)] = now;
        }
    }

    /// <summary>Where and as whom. Prints no token.</summary>
    private sealed class Call(Uri service, string token)
    {
        public string Service { get; } = service.AbsoluteUri;

        public string Token { get; } = token;

        public string Redact(string text) => text.Replace(Token, "[removed]", StringComparison.Ordinal);
    }
}
