using System.Text.Json;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Azure;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LagoConsole.Tests.Reporting.Azure;

/// <summary>The recorded conversations with Azure, over a real socket: what is sent, and what each answer means.</summary>
public sealed class AzureMarketplaceMeterTests
{
    private const string File = "azure-examples.json";
    private const string Batch = "azure|11111111111111111111111111111111";

    private readonly MarketplaceStage.FixedTokens _tokens = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("success", "Accepted 5f8e7d6c-4b3a-4291-8071-6f5e4d3c2b1a", false)]
    [InlineData("partial", "Accepted 11c0ffee-0000-4000-8000-000000000001; Rejected UnknownDimension InvalidDimension; Rejected NotSubscribed ResourceNotFound", false)]
    [InlineData("duplicate-same-quantity", "AlreadyAccepted 5f8e7d6c-4b3a-4291-8071-6f5e4d3c2b1a stored 12.5", false)]
    [InlineData("duplicate-other-quantity", "AlreadyAccepted 5f8e7d6c-4b3a-4291-8071-6f5e4d3c2b1a stored 12.5", false)]
    [InlineData("expired", "Rejected OutOfWindow Expired", false)]
    [InlineData("too-many", "Rejected InvalidRecord BadArgument", true)]
    [InlineData("forbidden", "Rejected Configuration Forbidden", false)]
    [InlineData("throttled", "Unknown for 30 s", false)] // no document says that a throttled call was not looked at
    public async Task Understands_each_recorded_answer(string name, string expected, bool refusedWhole)
    {
        JsonElement example = MarketplaceStage.Example(File, name);
        JsonElement response = example.GetProperty("response");
        UsageRecord[] records = Records(name == "too-many" ? MarketplaceStage.Example(File, "success") : example);
        await using ScriptedServer azure = ScriptedServer.Answering(
            response.GetProperty("status").GetInt32(),
            response.GetProperty("body") is { ValueKind: not JsonValueKind.Null } body ? JsonSerializer.Serialize(body) : "",
            [.. response.GetProperty("headers").EnumerateObject().Where(header => header.Name != "Content-Type").Select(header => $"{header.Name}: {header.Value.GetString()}")]);

        MeteringAnswer answer = await ReportAsync(azure.Address, records);

        Assert.Equal(expected, MarketplaceStage.Names(answer));
        Assert.Equal(records.Select(record => record.Id), answer.Items.Select(item => item.RecordId));
        Assert.Equal(refusedWhole, answer.RefusedWhole);
        Assert.Equal(response.GetProperty("status").GetInt32(), answer.HttpStatus);
        Assert.Equal("b7f0a2c4-5d3e-4f1a-8c9b-1e2d3c4b5a60", answer.RequestId);
        Assert.Equal(name == "forbidden" ? 1 : 0, _tokens.RefusedTokens.Count);
    }

    [Fact]
    public async Task Sends_the_stored_payloads_byte_for_byte_in_one_batch_also_for_one_event()
    {
        UsageRecord record = Record(Payload(1250));
        await using ScriptedServer azure = ScriptedServer.Answering(200, "{}");

        MeteringAnswer answer = await ReportAsync(azure.Address, record);

        string request = Assert.Single(azure.Requests);
        Assert.StartsWith("POST /batchUsageEvent?api-version=2018-08-31 HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.EndsWith($"\r\n\r\n{{\"request\":[{record.Payload}]}}", request, StringComparison.Ordinal);
        Assert.Contains($"\r\nAuthorization: Bearer {MarketplaceStage.Token}\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: application/json\r\n", request, StringComparison.Ordinal);
        Assert.Contains($"\r\nx-ms-requestid: {answer.RequestId}\r\n", request, StringComparison.Ordinal);
        Assert.DoesNotContain(MarketplaceStage.Token, Assert.Single(answer.Items).Request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"result":[]}""", "Unknown")] // the record is not mentioned
    [InlineData("""{"result":[ITEM,ITEM]}""", "Unknown")] // twice
    [InlineData("""{"result":[ITEM]""", "Unknown")] // cut off
    [InlineData("not json", "Unknown")]
    [InlineData("""{"result":[{"status":"Accepted",EVENT}]}""", "Unknown")] // without an id
    [InlineData("""{"result":[{"usageEventId":"e-1","status":"Accepted",OTHER}]}""", "Conflict stored 1249")] // it says what it took, and it is not ours
    [InlineData("""{"result":[{"usageEventId":"e-1","status":"Accepted",WORDS}]}""", "Unknown")] // its quantity is no number
    [InlineData("""{"result":[{"usageEventId":"e-1","status":"Queued",EVENT}]}""", "Unknown")]
    [InlineData("""{"result":[{"status":"Error",EVENT}]}""", "Unknown")]
    [InlineData("""{"result":[{"status":"Duplicate",EVENT}]}""", "Unknown")] // it does not say what it holds
    [InlineData("""{"result":[{"status":"Duplicate",EVENT,"error":{"additionalInfo":{"acceptedMessage":{"usageEventId":"e-0","quantity":1250,NEXTHOUR}}}}]}""", "Conflict stored 1250")]
    [InlineData("""{"result":[{"status":"ResourceNotActive",EVENT}]}""", "Rejected NotSubscribed ResourceNotActive")]
    [InlineData("""{"result":[{"status":"ResourceNotAuthorized",EVENT}]}""", "Rejected NotSubscribed ResourceNotAuthorized")]
    [InlineData("""{"result":[{"status":"InvalidQuantity",EVENT}]}""", "Rejected InvalidRecord InvalidQuantity")]
    [InlineData("""{"result":[{"status":"BadArgument",EVENT}]}""", "Rejected InvalidRecord BadArgument")]
    public async Task R13_Only_what_is_understood_completely_is_believed(string body, string expected)
    {
        const string Event = """
            "resourceId":"7C1F3C52-9a40-4e6e-8d0b-3f6a1c2d4e5f","quantity":1250,"dimension":"usage_fee","effectiveStartTime":"2026-08-20T13:00:00","planId":"gold"
            """;
        await using ScriptedServer azure = ScriptedServer.Answering(200, body
            .Replace("ITEM", """{"usageEventId":"e-1","status":"Accepted",EVENT}""", StringComparison.Ordinal)
            .Replace("NEXTHOUR", Event.Replace("\"quantity\":1250,", "", StringComparison.Ordinal).Replace("T13", "T14", StringComparison.Ordinal), StringComparison.Ordinal)
            .Replace("WORDS", Event.Replace("1250", "\"1250\"", StringComparison.Ordinal), StringComparison.Ordinal)
            .Replace("OTHER", Event.Replace("1250", "1249", StringComparison.Ordinal), StringComparison.Ordinal)
            .Replace("EVENT", Event, StringComparison.Ordinal));

        Assert.Equal(expected, MarketplaceStage.Names(await ReportAsync(azure.Address, Record(Payload(1250)))));
    }

    [Theory]
    [InlineData(500, "", "Unknown")]
    [InlineData(503, "", "Unknown")]
    [InlineData(302, "", "Unknown")] // somebody else on the way
    [InlineData(404, "", "Unknown")]
    [InlineData(400, "", "Unknown")] // only what Azure names is refused
    [InlineData(400, """{"code":"SomethingElse"}""", "Unknown")]
    [InlineData(400, """{"code":"BadArgument","message":"no"}""", "Rejected InvalidRecord BadArgument")]
    [InlineData(403, "<html>a proxy</html>", "Unknown")]
    [InlineData(403, """{"code":"Forbidden","message":"no"}""", "Rejected Configuration Forbidden")]
    [InlineData(401, "", "Rejected Configuration Unauthorized")]
    public async Task A_call_that_fails_says_whether_the_record_may_be_billed(int status, string body, string expected)
    {
        await using ScriptedServer azure = ScriptedServer.Answering(status, body);

        Assert.Equal(expected, MarketplaceStage.Names(await ReportAsync(azure.Address, Record(Payload(1)))));
    }

    [Fact]
    public async Task R13_A_connection_that_was_never_made_proves_that_nothing_was_billed_and_a_dropped_one_does_not()
    {
        Assert.Equal("NotProcessed", MarketplaceStage.Names(await ReportAsync(new Uri("http://127.0.0.1:9/"), Record(Payload(1)))));

        await using ScriptedServer dropping = new(async exchange => await exchange.ReadRequestAsync());
        Assert.Equal("Unknown", MarketplaceStage.Names(await ReportAsync(dropping.Address, Record(Payload(1)))));
    }

    [Theory]
    [InlineData("token-v2", 200, "an access token")]
    [InlineData("token-bad-secret", 401, "Entra ID gave no token, so nothing was sent; the records wait and go by themselves once that is mended. Check tenant, app ID and secret or certificate, and whether they have expired.")]
    public async Task A_token_is_asked_for_once_and_a_refusal_says_what_to_check(string name, int status, string expected)
    {
        JsonElement response = MarketplaceStage.Example(File, name).GetProperty("response");
        await using ScriptedServer entra = ScriptedServer.Answering(status, JsonSerializer.Serialize(response.GetProperty("body")));
        using HttpClient http = MeteringCall.CreateClient(useProxy: false);
        FakeTimeProvider clock = new(MarketplaceStage.Now);
        MarketplaceStage.LoopbackDoor door = new(entra.Address);
        AzureTokenSource tokens = new(_ => new SandboxAzureCredential(http, door, door.AzureApp, clock), new MarketplaceStage.NoAccounts(), clock);

        TokenAnswer first = await tokens.FindAsync(Guid.NewGuid(), Stop);
        await tokens.FindAsync(Guid.NewGuid(), Stop);

        Assert.Equal(expected, first is TokenAnswer.Missing missing ? missing.Sentence : first.ToString());
        Assert.Equal(status == 200 ? 1 : 2, entra.Requests.Count);
        Assert.Contains("scope=20e940b3-4c77-4b0b-9a53-9e16a1b010a7%2F.default", entra.Requests[0], StringComparison.Ordinal);

        clock.Advance(TimeSpan.FromMinutes(55)); // 3,599 s less five minutes in hand
        await tokens.FindAsync(Guid.NewGuid(), Stop);
        Assert.Equal(status == 200 ? 2 : 3, entra.Requests.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(26)]
    public async Task Refuses_a_call_of_no_record_or_more_than_Azure_takes(int count)
    {
        using AzureMarketplaceMeter meter = Meter(new Uri("http://127.0.0.1:9/"));

        await Assert.ThrowsAsync<ArgumentException>(() => meter.ReportAsync(Batch, [.. Enumerable.Range(0, count).Select(_ => Record(Payload(1)))], Stop));
    }

    private static string Payload(long quantity) =>
        $$"""{"resourceId":"7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f","quantity":{{quantity}},"dimension":"usage_fee","effectiveStartTime":"2026-08-20T13:00:00Z","planId":"gold"}""";

    private static UsageRecord Record(string payload) => MarketplaceStage.Record(Marketplace.Azure, Batch, payload);

    private static UsageRecord[] Records(JsonElement example) =>
        [.. example.GetProperty("request").GetProperty("body").GetProperty("request").EnumerateArray().Select(sent => Record(JsonSerializer.Serialize(sent)))];

    private AzureMarketplaceMeter Meter(Uri address) => new(
        MeteringCall.CreateClient(useProxy: false), _tokens, new MarketplaceStage.LoopbackDoor(address), Options.Create(new AzureOptions()));

    private async Task<MeteringAnswer> ReportAsync(Uri address, params UsageRecord[] records)
    {
        using AzureMarketplaceMeter meter = Meter(address);
        return await meter.ReportAsync(Batch, records, Stop);
    }
}
