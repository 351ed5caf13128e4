using System.Net;
using System.Net.Http.Headers;
using Google.Apis.Auth.OAuth2;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Reporting.Google;
using LagoConsole.Core.Sandbox;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Lago;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace LagoConsole.Tests.Sandbox;

/// <summary>Through a real server and real sockets: what only the wire can show.</summary>
public sealed class SandboxOverSocketsTests : IAsyncLifetime
{
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _app = Build("Testing");
        await _app.StartAsync(TestContext.Current.CancellationToken);
        SandboxControl control = _app.Services.GetRequiredService<SandboxControl>();
        control.AddCustomer(new LagoCustomer("acme.com", "Acme"));
        control.AddCustomer(new LagoCustomer("acme", "Other"));
        control.AddSubscription("acme.com", "sub", "starter");
        _client = new HttpClient { BaseAddress = new Uri(_app.Services.GetRequiredService<ISandboxDoor>().LagoBaseAddress + "/") };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", SandboxKeys.LagoApiKey);
    }

    [Theory]
    [InlineData("customers/acme%2Ecom/current_usage?external_subscription_id=sub", HttpStatusCode.OK)]
    [InlineData("customers/acme.com/current_usage?external_subscription_id=sub", HttpStatusCode.NotFound)]
    [InlineData("customers/initech%2Femea/current_usage?external_subscription_id=initech-1", HttpStatusCode.OK)]
    [InlineData("customers/ops%40umbrella%2Eexample/current_usage?external_subscription_id=umbrella-main", HttpStatusCode.OK)]
    public async Task A_dot_in_an_id_must_be_encoded_on_the_wire(string target, HttpStatusCode status)
    {
        // Uri turns %2E back into a dot unless it is told to leave the text alone.
        Uri address = new(_client.BaseAddress + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

        using HttpResponseMessage answer = await _client.GetAsync(address, TestContext.Current.CancellationToken);

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task An_answer_carries_its_limits_and_the_sandboxs_time()
    {
        using HttpResponseMessage answer = await GetAsync("organizations");

        Assert.Equal("50", Assert.Single(answer.Headers.GetValues("X-RateLimit-Limit")));
        Assert.True((_app.Services.GetRequiredService<TimeProvider>().GetUtcNow() - answer.Headers.Date!.Value).Duration() < TimeSpan.FromMinutes(1));
        Assert.Equal("application/json; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task A_lost_request_was_not_processed_and_a_lost_answer_was()
    {
        SandboxFaults faults = _app.Services.GetRequiredService<SandboxControl>().Faults;

        faults.Next(SandboxService.Lago, FaultKind.LostRequest);
        await Assert.ThrowsAsync<HttpRequestException>(() => PostEventAsync("t1"));
        Assert.Equal(HttpStatusCode.OK, await PostEventAsync("t1"));

        faults.Next(SandboxService.Lago, FaultKind.LostAnswer);
        await Assert.ThrowsAsync<HttpRequestException>(() => PostEventAsync("t2"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PostEventAsync("t2"));
    }

    [Fact]
    public async Task The_bill_and_the_credentials_are_there_to_be_read()
    {
        using HttpResponseMessage bill = await _client.GetAsync(new Uri("/sandbox/aws/bill", UriKind.Relative), TestContext.Current.CancellationToken);
        using HttpResponseMessage credentials = await _client.GetAsync(new Uri("/sandbox/credentials", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal("""{"totalCents":0,"records":[]}""", await bill.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("""{"totalCents":0,"events":[]}""", await GetTextAsync("/sandbox/azure/bill"));
        Assert.Equal("""{"totalCents":0,"operations":[],"mistakes":[]}""", await GetTextAsync("/sandbox/google/bill"));
        string ready = await credentials.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        foreach (string needed in (string[])
        [
            SandboxKeys.LagoApiKey, SandboxKeys.Aws.SecretAccessKey, "\"licenseArn\":\"arn:aws:license-manager::111111111111:license:l-0123456789abcdef0123456789abcdef\"",
            SandboxKeys.AzureApp.ClientSecret, "\"resourceId\":\"7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f\",\"offerId\":\"vendor-platform\",\"planId\":\"gold\"",
            SandboxKeys.GoogleEmail, "\"usageReportingId\":\"project_number:404012345678\",\"service\":\"vendor-platform.endpoints.vendor-public.cloud.goog\"",
        ])
        {
            Assert.Contains(needed, ready, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Googles_own_client_gets_a_token_and_goes_past_every_proxy()
    {
        ISandboxDoor door = _app.Services.GetRequiredService<ISandboxDoor>();
        using AccountNetwork network = new(door);
        ServiceAccountCredential account = (ServiceAccountCredential)await new GoogleAccounts(network, door, TimeProvider.System).OpenAsync(account: null, TestContext.Current.CancellationToken);

        string token = await account.GetAccessTokenForRequestAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(_app.Services.GetRequiredService<SandboxWorld>().Google.Tokens.IsGood($"Bearer {token}", GoogleTokenSource.Scope));
        HttpMessageHandler way = account.HttpClient.MessageHandler;
        while (way is DelegatingHandler { InnerHandler: { } inner })
        {
            way = inner;
        }

        Assert.True(Assert.IsType<HttpClientHandler>(way).Proxy!.IsBypassed(door.GoogleTokenAddress));
    }

    [Fact]
    public void Production_refuses_to_carry_a_sandbox()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });

        Assert.Throws<InvalidOperationException>(() => builder.Services.AddSandbox(builder.Environment));
        WebApplication app = builder.Build();
        Assert.Throws<InvalidOperationException>(app.MapSandbox);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    private static WebApplication Build(string environment)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSandbox(builder.Environment);
        WebApplication app = builder.Build();
        app.MapSandbox();
        return app;
    }

    private Task<string> GetTextAsync(string target) => _client.GetStringAsync(new Uri(target, UriKind.Relative), TestContext.Current.CancellationToken);

    private Task<HttpResponseMessage> GetAsync(string target) => _client.GetAsync(new Uri(target, UriKind.Relative), TestContext.Current.CancellationToken);

    private async Task<HttpStatusCode> PostEventAsync(string transaction)
    {
        using StringContent body = new($$"""{"event":{"transaction_id":"{{transaction}}","external_subscription_id":"sub","code":"api_calls" } }""");
        using HttpResponseMessage answer = await _client.PostAsync(new Uri("events", UriKind.Relative), body, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
