using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;

namespace LagoConsole.Bench.Servers;

/// <summary>
/// The other side of a measurement, in a process of its own: a Lago and an AWS Marketplace that answer after a fixed time and do as
/// little as they can, so that what is measured beside them is the caller.
/// </summary>
internal sealed class Server(LagoAnswers lago, TimeSpan latency)
{
    /// <summary>AWS's first bytes, where its answer begins.</summary>
    private const string AwsHead = """{"Results":[""";

    private long _calls;

    /// <summary>Runs until its standard input ends; says its address on its standard output.</summary>
    public static async Task RunAsync(int customers, int metrics, TimeSpan latency)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using WebApplication app = builder.Build();
        new Server(new LagoAnswers(customers, metrics), latency).Map(app);
        await app.StartAsync();
        await Console.Out.WriteLineAsync(app.Urls.First());
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
    }

    private void Map(WebApplication app)
    {
        app.MapGet("/api/v1/{**path}", (string path, int page = 1, [FromQuery(Name = "per_page")] int perPage = 20) =>
            AnswerAsync(lago.Answer(path, page, perPage)));
        app.MapPost("/aws", async (HttpRequest request) => await AnswerAsync(await AcceptAsync(request)));

        // Nobody's API: the next round, and how many calls there were since the last.
        app.MapPost("/round/{changed:int}", (int changed) => lago.Grow(changed));
        app.MapPost("/calls", () => Interlocked.Exchange(ref _calls, 0));
    }

    private async Task<IResult> AnswerAsync(byte[]? json)
    {
        Interlocked.Increment(ref _calls);
        if (latency > TimeSpan.Zero)
        {
            await Task.Delay(latency, TimeProvider.System);
        }

        return json is null ? Results.Json(new { status = 404, error = "Not Found", code = "not_found" }, statusCode: 404) : Results.Bytes(json, "application/json");
    }

    /// <summary>Every record is taken.</summary>
    private static async Task<byte[]> AcceptAsync(HttpRequest request)
    {
        using JsonDocument asked = await JsonDocument.ParseAsync(request.Body);
        StringBuilder answer = new(AwsHead);
        foreach (JsonElement record in asked.RootElement.GetProperty("UsageRecords").EnumerateArray())
        {
            if (answer.Length > AwsHead.Length)
            {
                answer.Append(',');
            }

            answer.Append(CultureInfo.InvariantCulture, $$"""{"UsageRecord":{{record.GetRawText()}},"MeteringRecordId":"{{Guid.NewGuid()}}","Status":"Success"}""");
        }

        return Encoding.UTF8.GetBytes(answer.Append("""],"UnprocessedRecords":[]}""").ToString());
    }
}
