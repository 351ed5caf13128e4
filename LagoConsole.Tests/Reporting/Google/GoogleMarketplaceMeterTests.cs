using System.Text.Json;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Google;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LagoConsole.Tests.Reporting.Google;

/// <summary>The recorded conversations with Google, over a real socket: what is sent, and what each answer means.</summary>
public sealed class GoogleMarketplaceMeterTests
{
    private const string File = "gcp-examples.json";
    private const string Service = "example-metering.endpoints.example-public.cloud.goog";
    private const string Batch = $"gcp|11111111111111111111111111111111|{Service}";
    private const string Passes = "{}";

    private readonly FakeTimeProvider _clock = new(MarketplaceStage.Now);
    private readonly MarketplaceStage.FixedTokens _tokens = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("success", "Accepted")]
    [InlineData("partial", "Accepted; Rejected InvalidRecord code 3")]
    [InlineData("duplicate", "Accepted")]
    [InlineData("too-old", "Rejected InvalidRecord code 3")]
    [InlineData("throttled", "Unknown for 30 s")]
    [InlineData("unavailable", "Unknown")]
    [InlineData("forbidden", "Rejected Configuration PERMISSION_DENIED")]
    public async Task Understands_each_recorded_report(string name, string expected)
    {
        JsonElement example = MarketplaceStage.Example(File, name);
        JsonElement response = example.GetProperty("response");
        UsageRecord[] records = [.. example.GetProperty("request").GetProperty("body").GetProperty("operations").EnumerateArray().Select(Record)];
        await using ScriptedServer google = Answering(Passes, response.GetProperty("status").GetInt32(), JsonSerializer.Serialize(response.GetProperty("body")));

        MeteringAnswer answer = await ReportAsync(google.Address, records);

        Assert.Equal(expected, string.Join("; ", answer.Items.Select(item => item.Receipt is MeteringReceipt.Accepted ? "Accepted" : MarketplaceStage.Name(item.Receipt))));
        Assert.All(answer.Items, item => Assert.True(item.Receipt is not MeteringReceipt.Accepted accepted || accepted.ProviderRecordId == item.RecordId.ToString()));
        Assert.Equal(records.Select(record => record.Id), answer.Items.Select(item => item.RecordId));
        Assert.Equal(response.GetProperty("status").GetInt32(), answer.HttpStatus);
    }

    [Theory]
    [InlineData("check-ok", "Accepted", 2)]
    [InlineData("check-inactive", "Rejected NotSubscribed SERVICE_NOT_ACTIVATED", 1)]
    [InlineData("check-transient", "NotProcessed", 1)]
    public async Task Reports_only_what_may_be_billed_by_each_recorded_check(string name, string expected, int calls)
    {
        JsonElement example = MarketplaceStage.Example(File, name);
        UsageRecord record = Record(example.GetProperty("request").GetProperty("body").GetProperty("operation"));
        await using ScriptedServer google = Answering(JsonSerializer.Serialize(example.GetProperty("response").GetProperty("body")), 200, "{}");

        MeteringAnswer answer = await ReportAsync(google.Address, record);

        MeteringReceipt receipt = Assert.Single(answer.Items).Receipt;
        Assert.Equal(expected, receipt is MeteringReceipt.Accepted ? "Accepted" : MarketplaceStage.Name(receipt));
        Assert.Equal(calls, google.Requests.Count);
        Assert.EndsWith($"\r\n\r\n{{\"operation\":{record.Payload}}}", google.Requests[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sends_the_stored_payloads_byte_for_byte_and_asks_about_a_buyer_once_a_minute()
    {
        UsageRecord first = Record(Operation(1));
        UsageRecord second = Record(Operation(2));
        await using ScriptedServer google = Answering(Passes, 200, "{}");
        using GoogleMarketplaceMeter meter = Meter(google.Address);

        MeteringAnswer answer = await meter.ReportAsync(Batch, [first, second], Stop);
        await meter.ReportAsync(Batch, [first], Stop);
        _clock.Advance(TimeSpan.FromSeconds(61));
        await meter.ReportAsync(Batch, [first], Stop);

        Assert.Equal(["check", "report", "report", "check", "report"], google.Requests.Select(request => request.Split([' ', ':'], 4)[2]));
        Assert.StartsWith($"POST /v1/services/{Service}:report HTTP/1.1\r\n", google.Requests[1], StringComparison.Ordinal);
        Assert.Contains($"\r\nAuthorization: Bearer {MarketplaceStage.Token}\r\n", google.Requests[1], StringComparison.Ordinal);
        Assert.EndsWith($"\r\n\r\n{{\"operations\":[{first.Payload},{second.Payload}]}}", google.Requests[1], StringComparison.Ordinal);
        Assert.All(answer.Items, item => Assert.DoesNotContain(MarketplaceStage.Token, item.Request, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"reportErrors":[{"operationId":"ID","status":{"code":5,"message":"gone"}}]}""", "Rejected NotSubscribed NOT_FOUND")]
    [InlineData("""{"reportErrors":[{"operationId":"ID","status":{"code":7}}]}""", "Rejected NotSubscribed PERMISSION_DENIED")]
    [InlineData("""{"reportErrors":[{"operationId":"ID","status":{"code":14}}]}""", "Unknown")]
    [InlineData("""{"reportErrors":[{"operationId":"ID"}]}""", "Unknown")]
    [InlineData("""{"reportErrors":[{"operationId":"another","status":{"code":3}}]}""", "Unknown")] // it could be about ours
    [InlineData("""{"reportErrors":{}}""", "Unknown")]
    [InlineData("""{"error":{"code":500}}""", "Unknown")]
    [InlineData("""{"message":"welcome to the proxy"}""", "Unknown")] // an answer, and none of Google's
    [InlineData("""{"operationId":"ID","checkErrors":[]}""", "Unknown")] // of a check
    [InlineData("[]", "Unknown")]
    [InlineData("""{"reportErrors":[""", "Unknown")] // cut off
    [InlineData("", "Unknown")]
    public async Task R13_Silence_about_an_operation_is_believed_in_a_whole_answer_only(string body, string expected)
    {
        UsageRecord record = Record(Operation(1));
        await using ScriptedServer google = Answering(Passes, 200, body.Replace("ID", record.Id.ToString(), StringComparison.Ordinal));

        Assert.Equal(expected, MarketplaceStage.Names(await ReportAsync(google.Address, record)));
    }

    [Theory]
    [InlineData(400, "INVALID_ARGUMENT", "Rejected InvalidRecord INVALID_ARGUMENT", true)]
    [InlineData(401, "UNAUTHENTICATED", "Rejected Configuration UNAUTHENTICATED", false)]
    [InlineData(403, "PERMISSION_DENIED", "Rejected Configuration PERMISSION_DENIED", false)]
    [InlineData(404, "NOT_FOUND", "Rejected Configuration NOT_FOUND", false)]
    [InlineData(500, "INTERNAL", "Unknown", false)]
    [InlineData(302, null, "Unknown", false)]
    [InlineData(400, null, "Unknown", false)] // anything on the way may answer so: only what Google names is refused
    [InlineData(401, null, "Unknown", false)]
    [InlineData(404, "INVALID_ARGUMENT", "Unknown", false)]
    public async Task A_report_that_fails_says_whether_the_operation_may_be_billed(int status, string? name, string expected, bool refusedWhole)
    {
        await using ScriptedServer google = Answering(Passes, status, name is null ? "" : $$$"""{"error":{"code":{{{status}}},"status":"{{{name}}}"}}""");

        MeteringAnswer answer = await ReportAsync(google.Address, Record(Operation(1)));

        Assert.Equal(expected, MarketplaceStage.Names(answer));
        Assert.Equal(refusedWhole, answer.RefusedWhole);
        Assert.Equal(status == 401 ? 1 : 0, _tokens.RefusedTokens.Count);
    }

    [Theory]
    [InlineData("""{"checkErrors":[{"code":"RESOURCE_EXHAUSTED"}]}""", "NotProcessed for 30 s")]
    [InlineData("""{"checkErrors":[{"code":"ERROR_CODE_UNSPECIFIED"}]}""", "NotProcessed")]
    [InlineData("""{"checkErrors":[{}]}""", "NotProcessed")]
    [InlineData("""{"checkErrors":{}}""", "NotProcessed")]
    [InlineData("""{"error":{"code":500}}""", "NotProcessed")]
    [InlineData("[]", "NotProcessed")]
    [InlineData("", "NotProcessed")]
    [InlineData("""{"checkErrors":[{"code":"NAMESPACE_LOOKUP_UNAVAILABLE"},{"code":"PROJECT_DELETED"}]}""", "Rejected NotSubscribed PROJECT_DELETED")]
    public async Task A_check_that_does_not_say_yes_reports_nothing(string check, string expected)
    {
        await using ScriptedServer google = Answering(check, 200, "{}");

        Assert.Equal(expected, MarketplaceStage.Names(await ReportAsync(google.Address, Record(Operation(1)))));
        Assert.Single(google.Requests);
    }

    [Fact]
    public async Task A_check_that_refuses_one_operations_form_says_nothing_of_the_buyers_others()
    {
        await using ScriptedServer google = ScriptedServer.Answering(400, """{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"bad metric"}}""");

        MeteringAnswer answer = await ReportAsync(google.Address, Record(Operation(1)), Record(Operation(2)));

        Assert.Equal("Rejected InvalidRecord INVALID_ARGUMENT; NotProcessed", MarketplaceStage.Names(answer));
        Assert.False(answer.RefusedWhole);
    }

    [Fact]
    public async Task R13_A_check_that_is_lost_bills_nothing_and_a_report_that_is_lost_may_have()
    {
        await using ScriptedServer mute = new(async exchange => await exchange.ReadRequestAsync());
        Assert.Equal("NotProcessed", MarketplaceStage.Names(await ReportAsync(mute.Address, Record(Operation(1)))));

        await using ScriptedServer half = new(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await exchange.WriteAsync(ScriptedServer.Answer(200, Passes));
            await exchange.ReadRequestAsync();
        });
        Assert.Equal("Unknown", MarketplaceStage.Names(await ReportAsync(half.Address, Record(Operation(1)))));
    }

    private static JsonElement Operation(int number)
    {
        using JsonDocument document = JsonDocument.Parse(
            $$"""{"operationId":"5d2f6f0e-7a1b-5c3d-9e8f-00000000000{{number}}","operationName":"{{Service}}/report","consumerId":"project_number:404012345678","startTime":"2026-08-20T13:00:00Z","endTime":"2026-08-20T14:00:00Z","metricValueSets":[{"metricName":"{{Service}}/gold_usage_fee","metricValues":[{"int64Value":"1250"}]}]}""");
        return document.RootElement.Clone();
    }

    private static UsageRecord Record(JsonElement operation) => MarketplaceStage.Record(
        Marketplace.Gcp, Batch, JsonSerializer.Serialize(operation), Guid.Parse(operation.GetProperty("operationId").GetString()!));

    /// <summary>Answers checks with one text and reports with another.</summary>
    private static ScriptedServer Answering(string check, int status, string report) => new(async exchange =>
    {
        while (await exchange.ReadRequestAsync() is { } request)
        {
            bool isCheck = request.Split('\r', 2)[0].Contains(":check", StringComparison.Ordinal);
            await exchange.WriteAsync(isCheck ? ScriptedServer.Answer(200, check) : ScriptedServer.Answer(status, report));
        }
    });

    private GoogleMarketplaceMeter Meter(Uri address) => new(
        MeteringCall.CreateClient(useProxy: false), _tokens, new MarketplaceStage.LoopbackDoor(address), Options.Create(new GoogleOptions()), _clock);

    private async Task<MeteringAnswer> ReportAsync(Uri address, params UsageRecord[] records)
    {
        using GoogleMarketplaceMeter meter = Meter(address);
        return await meter.ReportAsync(Batch, records, Stop);
    }
}
