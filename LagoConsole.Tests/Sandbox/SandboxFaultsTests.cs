using System.Net;
using System.Net.Http.Headers;
using System.Text;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Faults;
using Xunit;

namespace LagoConsole.Tests.Sandbox;

public sealed class SandboxFaultsTests : IDisposable
{
    private readonly SandboxWorlds _world = new(new DateTimeOffset(2026, 8, 20, 14, 5, 7, TimeSpan.Zero), furnished: true);
    private readonly HttpClient _client;

    public SandboxFaultsTests()
    {
        _client = new HttpClient(_world.World.CreateHandler()) { BaseAddress = new Uri("http://sandbox/sandbox/lago/api/v1/") };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", SandboxKeys.LagoApiKey);
    }

    private SandboxFaults Faults => _world.Control.Faults;

    [Theory]
    [InlineData(FaultKind.Throttle, HttpStatusCode.TooManyRequests, "")]
    [InlineData(FaultKind.ErrorBefore, HttpStatusCode.InternalServerError, """{"status":500,"error":"Internal Server Error"}""")]
    [InlineData(FaultKind.ErrorAfter, HttpStatusCode.InternalServerError, """{"status":500,"error":"Internal Server Error"}""")]
    [InlineData(FaultKind.Unauthorized, HttpStatusCode.Unauthorized, """{"status":401,"error":"Unauthorized"}""")]
    public async Task The_next_request_meets_the_fault_and_the_one_after_does_not(FaultKind kind, HttpStatusCode status, string body)
    {
        Faults.Next(SandboxService.Lago, kind);

        (HttpStatusCode Status, string Body) first = await GetAsync();
        (HttpStatusCode Status, string Body) second = await GetAsync();

        Assert.Equal((status, body), first);
        Assert.Equal(HttpStatusCode.OK, second.Status);
        Assert.Empty(Faults.Active);
    }

    [Fact]
    public async Task An_outage_lasts_until_it_is_over_and_is_not_even_JSON()
    {
        Faults.Always(SandboxService.Lago, FaultKind.Outage);
        (HttpStatusCode Status, string Body) first = await GetAsync();
        (HttpStatusCode Status, string Body) second = await GetAsync();
        Faults.Clear();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, first.Status);
        Assert.StartsWith("<html>", second.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync()).Status);
    }

    [Theory]
    [InlineData(FaultKind.ErrorBefore, 0)]
    [InlineData(FaultKind.LostRequest, 0)]
    [InlineData(FaultKind.Throttle, 0)]
    [InlineData(FaultKind.ErrorAfter, 42)]
    [InlineData(FaultKind.LostAnswer, 42)]
    public async Task Whether_a_call_was_processed_is_what_the_bill_says(FaultKind kind, long billed)
    {
        Faults.Next(SandboxService.Aws, kind);

        await TryMeterAsync();

        Assert.Equal(billed, _world.Control.AwsBill().TotalCents);
    }

    [Fact]
    public async Task Throttling_at_AWS_is_a_400()
    {
        Faults.Next(SandboxService.Aws, FaultKind.Throttle);

        Assert.Equal("""400 {"__type":"ThrottlingException","message":"Rate exceeded"}""", await TryMeterAsync());
    }

    [Fact]
    public async Task Faults_of_one_service_leave_the_other_alone()
    {
        Faults.Always(SandboxService.Aws, FaultKind.Outage);

        Assert.Equal(HttpStatusCode.OK, (await GetAsync()).Status);
    }

    [Fact]
    public async Task Latency_is_waited_for_on_the_sandboxs_clock()
    {
        Faults.Slow(SandboxService.Lago, TimeSpan.FromSeconds(30));

        Task<(HttpStatusCode Status, string Body)> slow = GetAsync();
        _world.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(slow.IsCompleted);
        _world.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(HttpStatusCode.OK, (await slow).Status);
    }

    [Fact]
    public void A_rate_hits_its_share_and_the_same_requests_each_time()
    {
        bool[] first = Draw(new SandboxFaults(seed: 3));
        bool[] second = Draw(new SandboxFaults(seed: 3));

        Assert.Equal(first, second);
        Assert.InRange(first.Count(hit => hit), 200, 300);

        static bool[] Draw(SandboxFaults faults)
        {
            faults.AtRate(SandboxService.Lago, FaultKind.LostAnswer, 0.25m);
            return [.. Enumerable.Range(0, 1_000).Select(_ => faults.Draw(SandboxService.Lago).Kind is not null)];
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _world.Dispose();
    }

    private async Task<(HttpStatusCode Status, string Body)> GetAsync()
    {
        using HttpResponseMessage answer = await _client.GetAsync(new Uri("customers", UriKind.Relative), TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private async Task<string> TryMeterAsync()
    {
        SandboxRequest signed = new AwsCaller(_world).Sign(
            "BatchMeterUsage",
            """{"UsageRecords":[{"Timestamp":1787230800,"Dimension":"usage_fee","Quantity":42,"CustomerAWSAccountId":"222222222222","LicenseArn":"arn:aws:license-manager::111111111111:license:l-0123456789abcdef0123456789abcdef"}]}""");
        SandboxResponse? answer = await SandboxExchange.AnswerAsync(_world.World, SandboxService.Aws, signed, TestContext.Current.CancellationToken);
        return answer is null ? "dropped" : $"{answer.Status} {Encoding.UTF8.GetString(answer.Body.Span)}";
    }
}
