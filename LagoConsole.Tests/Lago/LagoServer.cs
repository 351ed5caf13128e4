using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Xunit;

namespace LagoConsole.Tests.Lago;

/// <summary>A scripted Lago on a real socket. Records each request line as it came over the wire.</summary>
internal sealed class LagoServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<RequestDelegate> _script = new();
    private readonly ConcurrentQueue<string> _targets = new();
    private readonly ConcurrentQueue<string> _authorizations = new();

    private LagoServer(WebApplication app) => _app = app;

    /// <summary>Answers what the script does not.</summary>
    public RequestDelegate Otherwise { get; set; } = Json(404, """{"status":404,"error":"Not Found","code":"resource_not_found"}""");

    public Uri BaseAddress => new(_app.Urls.Single() + "/api/v1");

    public string[] Targets => [.. _targets];

    public string[] Authorizations => [.. _authorizations];

    public static async Task<LagoServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        LagoServer server = new(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public static RequestDelegate Json(int status, string body, params (string Name, string Value)[] headers) =>
        Body(status, "application/json; charset=utf-8", body, headers);

    public static RequestDelegate Body(int status, string type, string body, params (string Name, string Value)[] headers) => context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        foreach ((string name, string value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        return context.Response.WriteAsync(body, context.RequestAborted);
    };

    public static RequestDelegate Forbidden(string resource) =>
        Json(403, $$"""{"status":403,"error":"Forbidden","code":"read_action_not_allowed_for_{{resource}}"}""");

    /// <summary>Promises more than it sends, then drops the line.</summary>
    public static async Task CutOff(HttpContext context)
    {
        context.Response.ContentLength = 10_000;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync("""{"customer_usage":{"""u8.ToArray(), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        context.Abort();
    }

    public static Task Drop(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Sends headers and part of the body, then nothing more for as long as the caller waits.</summary>
    public static async Task Stall(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("{"), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
    }

    public void Next(params RequestDelegate[] answers)
    {
        foreach (RequestDelegate answer in answers)
        {
            _script.Enqueue(answer);
        }
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        _targets.Enqueue(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        _authorizations.Enqueue(context.Request.Headers.Authorization.ToString());
        return (_script.TryDequeue(out RequestDelegate? answer) ? answer : Otherwise)(context);
    }
}
