using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using LagoConsole.Core.Products;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Time;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Reporting.Aws;

/// <summary>
/// Reports to AWS Marketplace Metering: one signed <c>BatchMeterUsage</c> for each call. Repeats nothing by itself; says
/// <see cref="MeteringReceipt.NotProcessed"/> only where it can prove that AWS did not see the record, and
/// <see cref="MeteringReceipt.Unknown"/> from the first byte on.
/// </summary>
public sealed class AwsMarketplaceMeter(
    HttpClient http, AwsCredentialSource credentialSource, ISandboxDoor sandbox, IOptions<AwsOptions> options, TimeProvider clock,
    NetworkClock? network = null)
    : IMarketplaceMeter, IDisposable
{
    internal const string ContentType = "application/x-amz-json-1.1";

    internal const string Target = "AWSMPMeteringService.BatchMeterUsage";

    public Marketplace Marketplace => Marketplace.Aws;

    /// <summary>AWS's limit.</summary>
    public int BatchLimit => 25;

    /// <exception cref="ArgumentException">No record, too many, or one of another batch.</exception>
    public async Task<MeteringAnswer> ReportAsync(
        string batchKey, IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
    {
        if (records.Count < 1 || records.Count > BatchLimit || records.Any(record => record.BatchKey != batchKey))
        {
            throw new ArgumentException($"A call takes 1 to {BatchLimit} records of the batch {batchKey}; these are {records.Count}.", nameof(records));
        }

        AwsBatch batch = AwsBatch.Parse(batchKey);
        if (AwsRegions.Find(batch.Region) is not { } region)
        {
            return MeteringCall.Same(records, new MeteringReceipt.Rejected(
                RejectionCause.Configuration, "UnknownRegion",
                $"Usage cannot be reported in the AWS region '{batch.Region}'. Nothing was sent. Check the product's region."));
        }

        // Not by the console's clock: the sandbox may move that one, and a socket does not care.
        using CancellationTokenSource limit = new(options.Value.RequestTimeout, (network ?? NetworkClock.Real).Time);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);

        AwsCredentialAnswer credentials = await credentialSource.FindAsync(batch.ProductId, patience.Token);
        return credentials switch
        {
            AwsCredentialAnswer.Found found => await SendAsync(batch, region, records, found.Credentials, patience.Token),
            AwsCredentialAnswer.Missing missing => MeteringCall.Same(records, new MeteringReceipt.NotProcessed(missing.Sentence)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    public void Dispose() => http.Dispose();

    private async Task<MeteringAnswer> SendAsync(
        AwsBatch batch, AwsRegion region, IReadOnlyList<UsageRecord> records, AwsCredentials credentials, CancellationToken patience)
    {
        Uri endpoint = sandbox.IsOpen ? sandbox.AwsEndpoint(region.Code) : region.Endpoint;
        byte[] bytes = Compose(batch, records);
        using MeteringBody body = new(bytes);
        using HttpRequestMessage request = Sign(endpoint, region, body, bytes, credentials, clock.GetUtcNow());
        string asked = $"POST {endpoint}\nX-Amz-Target: {Target}\n\n";
        switch (await MeteringCall.SendAsync(http, request, body, patience))
        {
            case CallOutcome.Answered answered:
                AwsResponse answer = new(
                    answered.Status, answered.Header("x-amzn-ErrorType"), answered.Body,
                    answered.Headers.Date is { } theirs ? clock.GetUtcNow() - theirs : null);
                IReadOnlyList<(MeteringReceipt Receipt, string Kept)> said = AwsAnswerReader.Read(records, answer, credentials.Redact);
                return new MeteringAnswer(
                    [.. records.Zip(said, (record, one) => new MeteringAnswerItem(record.Id, one.Receipt, asked + record.Payload, one.Kept))],
                    RefusedWhole: answered.Status != 200 && AwsErrors.BlamesARecord(said[0].Receipt),
                    answered.Status, RequestId(answered.Headers));
            case CallOutcome.Broken broken:
                return new MeteringAnswer(
                    [.. records.Select(record => new MeteringAnswerItem(record.Id, broken.Receipt("AWS"), asked + record.Payload, Response: null))],
                    RefusedWhole: false, broken.Status, RequestId(broken.Headers));
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static string? RequestId(HttpResponseHeaders? headers) => MeteringCall.Header(headers, "x-amzn-RequestId") is { Length: <= 200 } id ? id : null;

    /// <summary>The stored payloads, byte for byte, in the envelope that AWS wants around them (R12).</summary>
    internal static byte[] Compose(AwsBatch batch, IReadOnlyList<UsageRecord> records)
    {
        StringBuilder text = new("{\"UsageRecords\":[");
        text.AppendJoin(',', records.Select(record => record.Payload)).Append(']');
        if (batch.LegacyProductCode is not null)
        {
            text.Append(",\"ProductCode\":").Append(System.Text.Json.JsonSerializer.Serialize(batch.LegacyProductCode));
        }

        return Encoding.UTF8.GetBytes(text.Append('}').ToString());
    }

    /// <summary>One signed <c>BatchMeterUsage</c>, or another call of the service.</summary>
    /// <param name="at">The signature's instant.</param>
    /// <param name="target">The call, as the header names it.</param>
    internal static HttpRequestMessage Sign(
        Uri endpoint, AwsRegion region, MeteringBody body, byte[] bytes, AwsCredentials credentials, DateTimeOffset at, string target = Target)
    {
        HttpRequestMessage request = MeteringCall.Post(endpoint, body);
        KeyValuePair<string, string>[] signed =
        [
            new("Content-Type", ContentType),
            new("X-Amz-Target", target),
            new("X-Amz-Content-Sha256", Convert.ToHexStringLower(SHA256.HashData(bytes))),
        ];
        body.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        foreach (KeyValuePair<string, string> header in signed[1..].Concat(AwsRequestSigner.Sign(
            HttpMethod.Post, endpoint, signed, bytes, credentials, region.Code, at)))
        {
            request.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        return request;
    }
}
