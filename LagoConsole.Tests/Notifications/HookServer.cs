using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace LagoConsole.Tests.Notifications;

/// <summary>A receiver of webhooks on a real socket.</summary>
internal sealed class HookServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Post> _posts = new();

    private HookServer(WebApplication app) => _app = app;

    /// <summary>What it answers; 0 never answers.</summary>
    public int Status { get; set; } = 204;

    public string Address => _app.Urls.Single() + "/hooks/s3cr3t-path";

    public Post[] Posts => [.. _posts];

    public static async Task<HookServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        HookServer server = new(app);
        app.Run(server.TakeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using StreamReader reader = new(context.Request.Body);
        string body = await reader.ReadToEndAsync(context.RequestAborted);
        _posts.Enqueue(new Post(
            context.Request.Path, body, context.Request.Headers["LagoConsole-Message-Id"].ToString(), context.Request.Headers["LagoConsole-Timestamp"].ToString(),
            context.Request.Headers["LagoConsole-Signature"].ToString()));
        if (Status == 0)
        {
            TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
            await using CancellationTokenRegistration registration = context.RequestAborted.Register(left.SetResult);
            await left.Task;
            return;
        }

        context.Response.StatusCode = Status;
    }

    internal sealed record Post(string Path, string Body, string MessageId, string Timestamp, string Signature);
}
