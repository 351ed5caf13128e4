using System.Text.Json;
using LagoConsole.Core.Reconciliation;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Azure;
using LagoConsole.Tests.Reporting;
using Microsoft.Extensions.Options;
using Xunit;

namespace LagoConsole.Tests.Reconciliation;

/// <summary>The question to Azure over a real socket, and what each answer is taken for.</summary>
public sealed class AzureUsageEventsTests
{
    private const string Row = """
        {"usageDate":"2026-08-20T00:00:00Z","usageResourceId":"7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f","dimension":"usage_fee","planId":"gold","offerId":"vendor-platform",
         "reconStatus":"Accepted","submittedQuantity":200,"processedQuantity":200,"submittedCount":2}
        """;

    private static readonly DateTimeOffset From = new(2026, 8, 20, 0, 0, 0, TimeSpan.Zero);

    private readonly MarketplaceStage.FixedTokens _tokens = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Asks_for_whole_days_of_every_offer_and_understands_the_recorded_answer()
    {
        JsonElement body = MarketplaceStage.Example("azure-examples.json", "usage-events").GetProperty("response").GetProperty("body");
        await using ScriptedServer azure = ScriptedServer.Answering(200, JsonSerializer.Serialize(body));

        UsageEventRow row = Assert.Single(Assert.IsType<UsageEventsAnswer.Read>(await ReadAsync(azure.Address)).Rows);

        Assert.Equal(
            new UsageEventRow(Guid.Parse("7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f"), "usage_fee", "gold", row.OfferId, From, 15.5m, 15.5m, 2, "Accepted"), row);
        string request = Assert.Single(azure.Requests);
        Assert.StartsWith("GET /usageEvents?api-version=2018-08-31&usageStartDate=2026-08-20T00:00:00Z&UsageEndDate=2026-08-22T00:00:00Z HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains($"\r\nAuthorization: Bearer {MarketplaceStage.Token}\r\n", request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", 0)]
    [InlineData("[ROW]", 1)]
    [InlineData("[ROW,ROW]", -1)] // says the same twice: which of them counts is not known
    [InlineData("[ROW", -1)] // cut off
    [InlineData("not json", -1)]
    [InlineData("{\"value\":[ROW]}", -1)] // a list that may go on elsewhere
    [InlineData("[ROW,{}]", -1)]
    [InlineData("[ROW,1]", -1)]
    public void R13_A_list_is_understood_completely_or_not_at_all(string body, int rows) =>
        Assert.Equal(rows, Read(body.Replace("ROW", Row, StringComparison.Ordinal))?.Count ?? -1);

    [Theory]
    [InlineData("\"Accepted\"", "\"Deferred\"", 1)] // a word of a newer Azure
    [InlineData("T00:00:00Z", "T23:30:00", 1)] // without a zone it is UTC, and its day is asked for
    [InlineData("\"gold\"", "null", 1)]
    [InlineData("7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f", "/subscriptions/1/managed-app", 0)] // named by its address: none of ours
    [InlineData("\"submittedQuantity\":200", "\"submittedQuantity\":\"200\"", -1)]
    [InlineData("\"submittedQuantity\":200", "\"submittedQuantity\":-200", -1)]
    [InlineData("\"processedQuantity\":200", "\"processedQuantity\":null", -1)]
    [InlineData("\"submittedCount\":2", "\"submittedCount\":1e20", -1)]
    [InlineData("\"2026-08-20T00:00:00Z\"", "\"yesterday\"", -1)]
    [InlineData("\"usage_fee\"", "\"\"", -1)]
    [InlineData("\"reconStatus\":\"Accepted\",", "", -1)]
    [InlineData("\"planId\":\"gold\"", "\"planId\":\"gold\",\"planId\":\"silver\"", -1)] // says two things at once
    public void R13_What_money_depends_on_is_read_strictly_and_new_words_do_not_fail(string part, string instead, int rows)
    {
        Assert.Contains(part, Row, StringComparison.Ordinal);

        IReadOnlyList<UsageEventRow>? read = Read($"[{Row.Replace(part, instead, StringComparison.Ordinal)}]");

        Assert.Equal(rows, read?.Count ?? -1);
        Assert.All(read ?? [], row => Assert.Equal((From, 200m), (row.Day, row.Submitted)));
    }

    [Theory]
    [InlineData(403, "Azure does not let this app read usage events.", 1)]
    [InlineData(401, "Azure does not let this app read usage events.", 1)]
    [InlineData(429, "Azure limits how often it is called", 0)]
    [InlineData(503, "Azure answered 503 instead of its usage events", 0)]
    [InlineData(200, "is not one that it documents", 0)] // an object, not a list
    public async Task A_refusal_concludes_nothing_and_says_what_to_do_without_the_token(int status, string sentence, int refusedTokens)
    {
        await using ScriptedServer azure = ScriptedServer.Answering(status, $$"""{"code":"Forbidden","message":"The token {{MarketplaceStage.Token}} is not of this offer."}""");

        string said = Assert.IsType<UsageEventsAnswer.NotRead>(await ReadAsync(azure.Address)).Sentence;

        Assert.Contains(sentence, said, StringComparison.Ordinal);
        Assert.DoesNotContain(MarketplaceStage.Token, said, StringComparison.Ordinal);
        Assert.Equal(refusedTokens, _tokens.RefusedTokens.Count);
    }

    [Fact]
    public async Task R13_An_answer_that_breaks_off_or_never_comes_concludes_nothing()
    {
        await using ScriptedServer half = new(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await exchange.WriteAsync(ScriptedServer.Answer(200, $"[{Row}]")[..^20]);
        });
        Assert.Contains("broke off", Assert.IsType<UsageEventsAnswer.NotRead>(await ReadAsync(half.Address)).Sentence, StringComparison.Ordinal);

        Assert.Contains("could not be reached", Assert.IsType<UsageEventsAnswer.NotRead>(await ReadAsync(new Uri("http://127.0.0.1:9/"))).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asks_with_the_account_of_the_product_and_without_one_says_what_to_do()
    {
        Guid product = Guid.NewGuid();
        await using ScriptedServer azure = ScriptedServer.Answering(200, $"[{Row}]");
        using HttpClient http = MeteringCall.CreateClient(useProxy: false);
        AzureUsageEvents events = new(http, new OneAccount(product), new MarketplaceStage.LoopbackDoor(azure.Address), Options.Create(new AzureOptions()));

        Assert.IsType<UsageEventsAnswer.Read>(await events.ReadAsync(product, From, From.AddDays(1), Stop));
        UsageEventsAnswer.NotRead notRead = Assert.IsType<UsageEventsAnswer.NotRead>(await events.ReadAsync(Guid.NewGuid(), From, From.AddDays(1), Stop));

        Assert.Equal("No Azure credentials were found, so Azure's usage events were not read. Choose an account.", notRead.Sentence);
        Assert.Single(azure.Requests);
    }

    private static IReadOnlyList<UsageEventRow>? Read(string body) => UsageEventsReader.Read(System.Text.Encoding.UTF8.GetBytes(body));

    private async Task<UsageEventsAnswer> ReadAsync(Uri address)
    {
        using HttpClient http = MeteringCall.CreateClient(useProxy: false);
        return await new AzureUsageEvents(http, _tokens, new MarketplaceStage.LoopbackDoor(address), Options.Create(new AzureOptions())).ReadAsync(Guid.NewGuid(), From, From.AddDays(2), Stop);
    }

    private sealed class OneAccount(Guid product) : IAccessTokenSource
    {
        public Task<TokenAnswer> FindAsync(Guid productId, CancellationToken cancellationToken) => Task.FromResult<TokenAnswer>(
            productId == product ? new TokenAnswer.Found(MarketplaceStage.Token) : new TokenAnswer.Missing("No Azure credentials were found", "Choose an account."));

        public void Refused(string token) => throw new NotSupportedException();
    }
}
