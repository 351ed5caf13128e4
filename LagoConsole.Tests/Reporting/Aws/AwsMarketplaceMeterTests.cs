using System.Text.Json;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Aws;
using Xunit;

namespace LagoConsole.Tests.Reporting.Aws;

/// <summary>The recorded conversations with AWS, over a real socket: what is sent, and what each answer means.</summary>
public sealed class AwsMarketplaceMeterTests
{
    public static TheoryData<string> Examples { get; } =
        [.. AwsWorld.TestData("examples.json").EnumerateArray().Select(example => example.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Understands_each_recorded_answer(string name)
    {
        JsonElement example = AwsWorld.TestData("examples.json").EnumerateArray().Single(row => row.GetProperty("name").GetString() == name);
        JsonElement response = example.GetProperty("response");
        UsageRecord[] records =
        [
            .. example.GetProperty("request").GetProperty("body").GetProperty("UsageRecords").EnumerateArray()
                .Select(record => AwsWorld.Record(JsonSerializer.Serialize(record))),
        ];
        await using ScriptedServer aws = ScriptedServer.Answering(
            response.GetProperty("status").GetInt32(),
            JsonSerializer.Serialize(response.GetProperty("body")),
            [.. response.GetProperty("headers").EnumerateObject()
                .Where(header => header.Name != "Content-Type").Select(header => $"{header.Name}: {header.Value.GetString()}")]);

        MeteringAnswer answer = await AwsWorld.ReportAsync(aws.Address, records);

        Assert.Equal(Expected(name), string.Join("; ", answer.Items.Select(item => Name(item.Receipt))));
        Assert.Equal(records.Select(record => record.Id), answer.Items.Select(item => item.RecordId));
        Assert.Equal(name is "expired" or "poison-dimension", answer.RefusedWhole);
        Assert.Equal(response.GetProperty("status").GetInt32(), answer.HttpStatus);
        Assert.Equal("6f0c2c1e-4a55-4d7e-9a0b-2b8f6f3e7d10", answer.RequestId);

        string Expected(string row) => row switch
        {
            "success" => "Accepted 3d1f0a52-8f4b-4c0c-9e1a-6b2d7c5e4f31",
            "partial" => "Accepted a6f1b8de-2f19-4a6f-8c55-0f2a7b1d9e77; Rejected NotSubscribed CustomerNotSubscribed; NotProcessed",
            "duplicate" => "AlreadyAccepted 3d1f0a52-8f4b-4c0c-9e1a-6b2d7c5e4f31 stored ?",
            "expired" => "Rejected OutOfWindow TimestampOutOfBoundsException; Rejected OutOfWindow TimestampOutOfBoundsException",
            "throttled" => "NotProcessed",
            "internal-error" => "Unknown",
            "poison-dimension" => "Rejected UnknownDimension InvalidUsageDimensionException; Rejected UnknownDimension InvalidUsageDimensionException",
            "bad-signature" => "Rejected Configuration InvalidSignatureException",
            _ => throw new InvalidOperationException($"Nobody has said what the example '{row}' means."),
        };
    }

    [Fact]
    public async Task Sends_the_stored_payloads_byte_for_byte_in_one_signed_call()
    {
        UsageRecord first = AwsWorld.Record("""{"Timestamp":1787230800,"Dimension":"\u00e9t\u00e9","Quantity":7,"CustomerAWSAccountId":"222222222222","LicenseArn":"arn:a"}""");
        UsageRecord second = AwsWorld.Record("""{"Timestamp":1787227200,  "Dimension":"b", "Quantity":1, "CustomerAWSAccountId":"333333333333","LicenseArn":"arn:b"}""");
        await using ScriptedServer aws = ScriptedServer.Answering(200, "{}");

        await AwsWorld.ReportAsync(aws.Address, first, second);

        string request = Assert.Single(aws.Requests);
        Assert.StartsWith("POST / HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.EndsWith($"\r\n\r\n{{\"UsageRecords\":[{first.Payload},{second.Payload}]}}", request, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: application/x-amz-json-1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Amz-Target: AWSMPMeteringService.BatchMeterUsage\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Amz-Date: 20260820T140507Z\r\n", request, StringComparison.Ordinal);
        Assert.Contains(
            "\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260820/us-east-1/aws-marketplace/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-target, Signature=",
            request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_the_product_code_for_legacy_agreements_only()
    {
        UsageRecord legacy = AwsWorld.Record(AwsWorld.Payload(3, licence: null), AwsWorld.LegacyBatch);
        await using ScriptedServer aws = ScriptedServer.Answering(200, "{}");

        await AwsWorld.ReportAsync(aws.Address, legacy);

        Assert.EndsWith(
            $"{{\"UsageRecords\":[{legacy.Payload}],\"ProductCode\":\"4w1m76k6d81abcd99fj2vtm6j\"}}", Assert.Single(aws.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keeps_what_was_asked_and_answered_of_each_record_and_no_secret()
    {
        UsageRecord record = AwsWorld.Record(AwsWorld.Payload(1250));
        await using ScriptedServer aws = ScriptedServer.Answering(200, SuccessFor(AwsWorld.Payload(1250), "id-1"));

        MeteringAnswerItem item = Assert.Single((await AwsWorld.ReportAsync(aws.Address, record)).Items);

        Assert.Equal($"POST {aws.Address}\nX-Amz-Target: AWSMPMeteringService.BatchMeterUsage\n\n{record.Payload}", item.Request);
        Assert.Equal($$"""{"UsageRecord":{{AwsWorld.Payload(1250)}},"MeteringRecordId":"id-1","Status":"Success"}""", item.Response);
        Assert.DoesNotContain("Signature", item.Request, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(26)]
    public async Task Refuses_a_call_of_no_record_or_more_than_AWS_takes(int count)
    {
        using AwsMarketplaceMeter meter = AwsWorld.Meter(new Uri("http://127.0.0.1:9/"));
        UsageRecord[] records = [.. Enumerable.Range(0, count).Select(_ => AwsWorld.Record(AwsWorld.Payload(1)))];

        await Assert.ThrowsAsync<ArgumentException>(
            () => meter.ReportAsync(AwsWorld.LicenceBatch, records, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Refuses_a_record_of_another_batch()
    {
        using AwsMarketplaceMeter meter = AwsWorld.Meter(new Uri("http://127.0.0.1:9/"));

        await Assert.ThrowsAsync<ArgumentException>(() => meter.ReportAsync(
            AwsWorld.LicenceBatch, [AwsWorld.Record(AwsWorld.Payload(1, licence: null), AwsWorld.LegacyBatch)], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Sends_nothing_to_a_region_without_metering()
    {
        await using ScriptedServer aws = ScriptedServer.Answering(200, "{}");
        string elsewhere = new AwsBatch("us-gov-west-1", Guid.Empty, null).ToString();

        MeteringAnswer answer = await AwsWorld.ReportAsync(aws.Address, AwsWorld.Record(AwsWorld.Payload(1), elsewhere));

        Assert.Equal("Rejected Configuration UnknownRegion", Name(Assert.Single(answer.Items).Receipt));
        Assert.Empty(aws.Requests);
    }

    [Fact]
    public async Task Uses_one_connection_for_calls_that_follow_each_other()
    {
        await using ScriptedServer aws = ScriptedServer.Answering(200, SuccessFor(AwsWorld.Payload(1), "id-1"));
        using AwsMarketplaceMeter meter = AwsWorld.Meter(aws.Address);

        for (int call = 0; call < 3; call++)
        {
            MeteringAnswer answer = await meter.ReportAsync(
                AwsWorld.LicenceBatch, [AwsWorld.Record(AwsWorld.Payload(1))], TestContext.Current.CancellationToken);
            Assert.Equal("Accepted id-1", Name(Assert.Single(answer.Items).Receipt));
        }

        Assert.Equal(3, aws.Requests.Count);
        Assert.Equal(1, aws.Connections);
    }

    internal static string SuccessFor(string payload, string id) =>
        $$"""{"Results":[{"UsageRecord":{{payload}},"MeteringRecordId":"{{id}}","Status":"Success"}],"UnprocessedRecords":[]}""";

    /// <summary>A receipt in one line, without its sentence.</summary>
    internal static string Name(MeteringReceipt receipt) => receipt switch
    {
        MeteringReceipt.Accepted accepted => $"Accepted {accepted.ProviderRecordId}",
        MeteringReceipt.AlreadyAccepted already => $"AlreadyAccepted {already.ProviderRecordId} stored {already.StoredQuantity?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?"}",
        MeteringReceipt.Rejected rejected => $"Rejected {rejected.Cause} {rejected.Code}",
        MeteringReceipt.Conflict conflict => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Conflict {conflict.StoredQuantity}"),
        _ => receipt.GetType().Name,
    };
}
