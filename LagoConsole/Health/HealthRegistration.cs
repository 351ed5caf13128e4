using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace LagoConsole.Health;

/// <summary>
/// What a load balancer asks: <c>/health/live</c> answers while the process does; <c>/health/ready</c> says 200 where people
/// may be sent here, else 503. Open to everybody, so they tell which part it is and nothing about it: the log does.
/// </summary>
internal static class HealthRegistration
{
    /// <summary>A load balancer asks every few seconds and does not wait long.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    public static void AddHealth(this WebApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks()
            .AddCheck<ShutdownHealth>("shutdown")
            .AddCheck<DatabaseHealth>("database", failureStatus: null, tags: [], timeout: _patience)
            .AddCheck<SchedulerHealth>("scheduler")
            .AddCheck<KeyRingHealth>("key ring", failureStatus: null, tags: [], timeout: _patience);

        builder.Services.AddOptions<ShutdownOptions>().Bind(builder.Configuration.GetSection(ShutdownOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<HostOptions>().Configure<IOptions<ShutdownOptions>>(
            (host, shutdown) => host.ShutdownTimeout = shutdown.Value.Announce + shutdown.Value.Patience);
        builder.Services.AddHostedService<ShutdownAnnouncement>();
    }

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync }).AllowAnonymous();
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(
            string.Concat(report.Entries.Select(entry => $"{entry.Key}: {entry.Value.Status}\n")), context.RequestAborted);
    }
}
