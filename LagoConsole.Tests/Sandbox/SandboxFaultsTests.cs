using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LagoConsole.Core.Persistence;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Faults;
using Xunit;

namespace LagoConsole.Tests.Sandbox;

public sealed class SandboxFaultsTests : IDisposable
{
    private const string Page = "503 <html><head><title>503 Service Temporarily Unavailable</title></head><body>Service Temporarily Unavailable</body></html>";

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

    /// <summary>What each fault does to a call that brings 42 cents, at each marketplace.</summary>
    public static TheoryData<SandboxService, FaultKind, string, long> Deliveries() => new()
    {
        { SandboxService.Aws, FaultKind.LostRequest, "dropped", 0 },
        { SandboxService.Aws, FaultKind.LostAnswer, "dropped", 42 },
        { SandboxService.Aws, FaultKind.ErrorBefore, """500 {"__type":"InternalServiceErrorException","message":"An internal error has occurred."}""", 0 },
        { SandboxService.Aws, FaultKind.ErrorAfter, """500 {"__type":"InternalServiceErrorException","message":"An internal error has occurred."}""", 42 },
        { SandboxService.Aws, FaultKind.Throttle, """400 {"__type":"ThrottlingException","message":"Rate exceeded"}""", 0 },
        { SandboxService.Aws, FaultKind.Unauthorized, """403 {"__type":"UnrecognizedClientException","message":"The security token included in the request is invalid."}""", 0 },
        { SandboxService.Aws, FaultKind.Outage, Page, 0 },
        { SandboxService.Azure, FaultKind.LostRequest, "dropped", 0 },
        { SandboxService.Azure, FaultKind.LostAnswer, "dropped", 42 },
        { SandboxService.Azure, FaultKind.ErrorBefore, "500 ", 0 },
        { SandboxService.Azure, FaultKind.ErrorAfter, "500 ", 42 },
        { SandboxService.Azure, FaultKind.Throttle, "429 ", 0 },
        { SandboxService.Azure, FaultKind.Unauthorized, """403 {"message":"Client is not authorized for this usage resource.","code":"Forbidden"}""", 0 },
        { SandboxService.Azure, FaultKind.Outage, Page, 0 },
        { SandboxService.Google, FaultKind.LostRequest, "dropped", 0 },
        { SandboxService.Google, FaultKind.LostAnswer, "dropped", 42 },
        { SandboxService.Google, FaultKind.ErrorBefore, """500 {"error":{"code":500,"message":"Internal error encountered.","status":"INTERNAL"}}""", 0 },
        { SandboxService.Google, FaultKind.ErrorAfter, """500 {"error":{"code":500,"message":"Internal error encountered.","status":"INTERNAL"}}""", 42 },
        { SandboxService.Google, FaultKind.Throttle, """429 {"error":{"code":429,"message":"Quota exceeded.","status":"RESOURCE_EXHAUSTED"}}""", 0 },
        { SandboxService.Google, FaultKind.Unauthorized, """401 {"error":{"code":401,"message":"Request had invalid authentication credentials.","status":"UNAUTHENTICATED"}}""", 0 },
        { SandboxService.Google, FaultKind.Outage, Page, 0 },
    };

    [Theory]
    [MemberData(nameof(Deliveries))]
    public async Task Whether_a_call_was_processed_is_what_the_bill_says(SandboxService service, FaultKind kind, string answer, long billed)
    {
        Faults.Next(service, kind);

        string first = await TryMeterAsync(service);

        Assert.Equal((answer, billed), (first, BilledBy(service)));
        Assert.StartsWith("200 ", await TryMeterAsync(service), StringComparison.Ordinal); // the identical call again
        Assert.Equal(42, BilledBy(service));
        Assert.Empty(_world.World.Google.Mistakes);
    }

    [Theory]
    [InlineData(SandboxService.Aws)]
    [InlineData(SandboxService.Azure)]
    [InlineData(SandboxService.Google)]
    public async Task A_slow_marketplace_bills_when_it_answers(SandboxService service)
    {
        Faults.Slow(service, TimeSpan.FromSeconds(30));

        Task<string> slow = TryMeterAsync(service);
        _world.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal((false, 0m), (slow.IsCompleted, BilledBy(service)));
        _world.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.StartsWith("200 ", await slow, StringComparison.Ordinal);
        Assert.Equal(42, BilledBy(service));
    }

    [Fact]
    public async Task A_counted_fault_waits_for_the_call_that_brings_usage()
    {
        Faults.Next(SandboxService.Azure, FaultKind.LostAnswer);
        Faults.Next(SandboxService.Google, FaultKind.LostAnswer);
        GoogleCaller google = new(_world);

        foreach ((SandboxService service, SandboxRequest aside) in Asides(google))
        {
            Assert.NotNull(await AnswerAsync(service, aside));
        }

        Assert.Equal(2, Faults.Active.Count);
        Assert.Equal(("dropped", "dropped"), (await TryMeterAsync(SandboxService.Azure), await TryMeterAsync(SandboxService.Google)));
        Assert.Empty(Faults.Active);
    }

    [Fact]
    public async Task Only_a_call_that_brings_usage_is_a_step_of_money()
    {
        List<string> steps = [];
        using Listening listening = new(steps);
        GoogleCaller google = new(_world);
        await GetAsync();
        await AnswerAsync(SandboxService.Aws, new AwsCaller(_world).Sign("ResolveCustomer", """{"RegistrationToken":"unknown"}"""));
        await AnswerAsync(SandboxService.Azure, new AzureCaller(_world).Request("GET", "usageEvents", "", "&usageStartDate=2026-08-20"));
        foreach ((SandboxService service, SandboxRequest aside) in Asides(google))
        {
            await AnswerAsync(service, aside);
        }

        Assert.Empty(steps);
        foreach (SandboxService service in (SandboxService[])[SandboxService.Aws, SandboxService.Azure, SandboxService.Google])
        {
            await TryMeterAsync(service);
            Assert.Equal(["before:delivery", "after:delivery"], steps);
            steps.Clear();
        }
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

    private static IEnumerable<(SandboxService Service, SandboxRequest Request)> Asides(GoogleCaller google) =>
    [
        (SandboxService.Azure, new SandboxRequest("POST", "/sandbox/azure/login/any-tenant/oauth2/v2.0/token", new Dictionary<string, string>(), ReadOnlyMemory<byte>.Empty)),
        (SandboxService.Google, new SandboxRequest("POST", "/sandbox/google/token", new Dictionary<string, string>(), ReadOnlyMemory<byte>.Empty)),
        (SandboxService.Google, google.Request(":check", JsonSerializer.Serialize(new { operation = GoogleCaller.Operation("a", 42) }))),
    ];

    private decimal BilledBy(SandboxService service) => service switch
    {
        SandboxService.Aws => _world.Control.AwsBill().TotalCents,
        SandboxService.Azure => _world.Control.AzureBill().TotalCents,
        SandboxService.Google => _world.Control.GoogleBill().TotalCents,
        _ => throw new ArgumentOutOfRangeException(nameof(service), service, "Bills nothing."),
    };

    private async Task<string> TryMeterAsync(SandboxService service)
    {
        SandboxResponse? answer = await AnswerAsync(service, service switch
        {
            SandboxService.Aws => new AwsCaller(_world).Sign(
                "BatchMeterUsage",
                """{"UsageRecords":[{"Timestamp":1787230800,"Dimension":"usage_fee","Quantity":42,"CustomerAWSAccountId":"222222222222","LicenseArn":"arn:aws:license-manager::111111111111:license:l-0123456789abcdef0123456789abcdef"}]}"""),
            SandboxService.Azure => new AzureCaller(_world).Request(
                "POST",
                "batchUsageEvent",
                """{"request":[{"resourceId":"7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f","quantity":42,"dimension":"usage_fee","effectiveStartTime":"2026-08-20T13:00:00Z","planId":"gold"}]}"""),
            SandboxService.Google => new GoogleCaller(_world).Request(":report", JsonSerializer.Serialize(new { operations = new[] { GoogleCaller.Operation("a", 42) } })),
            _ => throw new ArgumentOutOfRangeException(nameof(service), service, "Takes no usage."),
        });
        return answer is null ? "dropped" : $"{answer.Status} {Encoding.UTF8.GetString(answer.Body.Span)}";
    }

    private Task<SandboxResponse?> AnswerAsync(SandboxService service, SandboxRequest request) =>
        SandboxExchange.AnswerAsync(_world.World, service, request, TestContext.Current.CancellationToken);

    /// <summary>Hears the steps of money of this test's flow, and not of those that run beside it.</summary>
    private sealed class Listening : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private static readonly AsyncLocal<List<string>?> Flow = new();

        private readonly ConcurrentBag<IDisposable> _subscriptions = [];

        public Listening(List<string> steps)
        {
            Flow.Value = steps;
            _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
        }

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == MoneySteps.SourceName)
            {
                _subscriptions.Add(value.Subscribe(this));
            }
        }

        public void OnNext(KeyValuePair<string, object?> value) => Flow.Value?.Add(value.Key);

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void Dispose()
        {
            Flow.Value = null;
            foreach (IDisposable subscription in _subscriptions)
            {
                subscription.Dispose();
            }
        }
    }
}
