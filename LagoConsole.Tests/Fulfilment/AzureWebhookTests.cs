using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using LagoConsole.Core.Fulfilment;
using LagoConsole.Core.Sandbox;
using LagoConsole.Fulfilment;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Azure;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace LagoConsole.Tests.Fulfilment;

/// <summary>Azure's webhook: who may call it, and that what it says is stored before it is answered.</summary>
public sealed class AzureWebhookTests : IAsyncLifetime
{
    private readonly FulfilmentWorld _world = new();
    private WebApplication _app = null!;
    private HttpClient _azure = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string App => SandboxKeys.AzureApp.ClientId;

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton(_world.Store);
        builder.Services.AddSingleton(new WebhookTokens(
            _world.Http(), _world.Console.Get<ISandboxDoor>(), Options.Create(new AzureNoticeOptions()), _world.Console.Clock, NullLogger<WebhookTokens>.Instance));
        _app = builder.Build();
        _app.MapAzureWebhook();
        await _app.StartAsync(Stop);
        _azure = _app.GetTestClient();
    }

    [Fact]
    public async Task A_call_of_the_marketplace_is_stored_and_then_answered()
    {
        Assert.Equal(HttpStatusCode.OK, await CallAsync(_world.Azure.WebhookToken(App)));

        ReceivedNotice notice = Assert.Single(await _world.AllAsync<ReceivedNotice>());
        Assert.Equal((NoticeKind.Cancelled, NoticeState.Pending), (notice.Kind, notice.State));
    }

    [Fact]
    public async Task Without_a_token_of_Entra_for_this_offer_nobody_is_heard()
    {
        using RSA unknown = RSA.Create(2048);
        DateTimeOffset now = _world.Console.Now;

        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(token: null));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync("not-a-token"));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(_world.Azure.WebhookToken("11111111-1111-1111-1111-111111111111"))); // another audience
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(_world.Azure.WebhookToken(App, expiresAt: now.AddMinutes(-6))));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(_world.Azure.WebhookToken(App, issuer: "https://sts.windows.net/another/")));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(_world.Azure.WebhookToken(App, key: unknown)));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(Unsigned(_world.Azure.WebhookToken(App))));
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync(_world.Azure.WebhookToken(App, app: "22222222-2222-2222-2222-222222222222")));
        Assert.Empty(await _world.AllAsync<ReceivedNotice>());
    }

    [Fact]
    public async Task A_token_is_good_from_its_first_moment_to_its_last_with_five_minutes_for_clocks_that_differ()
    {
        DateTimeOffset now = _world.Console.Now;
        AzureFulfilment ahead = new(new TestClock(now.AddHours(3))); // its tokens begin two hours before its own time

        Assert.Equal(HttpStatusCode.OK, await CallAsync(_world.Azure.WebhookToken(App, expiresAt: now.AddMinutes(-4))));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(ahead.WebhookToken(App)));
    }

    [Fact]
    public async Task While_Entras_keys_cannot_be_read_a_call_is_put_off_and_not_refused()
    {
        _world.Console.Sandbox.Faults.Always(SandboxService.Azure, FaultKind.ErrorBefore);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await CallAsync(_world.Azure.WebhookToken(App)));
        Assert.Empty(await _world.AllAsync<ReceivedNotice>());
    }

    [Fact]
    public async Task A_message_longer_than_any_honest_one_is_refused()
    {
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await CallAsync(_world.Azure.WebhookToken(App), new string('x', NoticeStore.MaxMessage + 1)));
        Assert.Empty(await _world.AllAsync<ReceivedNotice>());
    }

    [Fact]
    public async Task A_message_that_is_not_understood_is_kept_all_the_same()
    {
        Assert.Equal(HttpStatusCode.OK, await CallAsync(_world.Azure.WebhookToken(App), """{"action":"Transfer"}"""));

        Assert.Equal(NoticeKind.NotUnderstood, Assert.Single(await _world.AllAsync<ReceivedNotice>()).Kind);
    }

    [Fact]
    public async Task In_the_console_it_needs_no_sign_in_and_takes_nothing_before_it_is_configured()
    {
        await using ConsoleFactory console = new("Testing");
        using HttpClient client = console.CreateClient();
        using StringContent body = new("{}", Encoding.UTF8, "application/json");

        using HttpResponseMessage answer = await client.PostAsync(AzureWebhook.Path, body, Stop);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        _azure.Dispose();
        await _app.DisposeAsync();
        await _world.DisposeAsync();
    }

    private static string Unsigned(string token) => $"{token.Split('.')[0]}.{token.Split('.')[1]}.";

    private async Task<HttpStatusCode> CallAsync(string? token, string? body = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, AzureWebhook.Path)
        {
            Content = new StringContent(
                body ?? AzureFulfilment.Body(ConsoleWorld.AzureResource, "Unsubscribe", "Succeeded", Guid.NewGuid(), _world.Console.Now), Encoding.UTF8, "application/json"),
        };
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using HttpResponseMessage answer = await _azure.SendAsync(request, Stop);
        return answer.StatusCode;
    }
}
