using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Timeout;

namespace LagoConsole.Core.Lago;

/// <summary>Registers everything that talks to Lago.</summary>
public static class LagoRegistration
{
    public static IServiceCollection AddLago(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<LagoOptions>()
            .Bind(configuration.GetSection(LagoOptions.Section))
            .ValidateDataAnnotations()
            .Validate(
                options => options.AllowedHosts.All(host => Uri.TryCreate($"http://{host}/", UriKind.Absolute, out Uri? uri) && uri.AbsolutePath == "/" && uri.UserInfo.Length == 0),
                $"Each entry of {LagoOptions.Section}:{nameof(LagoOptions.AllowedHosts)} must be a host or host:port, without https:// and without a path.")
            .ValidateOnStart();

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(NetworkClock.Real);
        services.TryAddSingleton<IHostResolver, DnsHostResolver>();
        services.TryAddSingleton<ISandboxDoor, ClosedSandboxDoor>();
        services.AddSingleton<LagoNetworkGuard>();
        services.AddSingleton<LagoAddresses>();
        services.AddSingleton<LagoRateLimits>();
        services.AddSingleton<LagoClientFactory>();
        services.AddSingleton<LagoVerifier>();
        services.AddTransient<LagoRateLimitHandler>();

        IHttpClientBuilder http = services.AddHttpClient(LagoClientFactory.HandlerName)
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan) // connections are renewed below; a run may hold its client for an hour
            .RemoveAllLoggers() // paths hold customers' ids, which may be e-mail addresses
            .ConfigurePrimaryHttpMessageHandler(provider => new SocketsHttpHandler
            {
                AllowAutoRedirect = false, // the key goes to the stored address and nowhere else
                UseCookies = false,
                AutomaticDecompression = System.Net.DecompressionMethods.All,
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                ConnectTimeout = TimeSpan.FromSeconds(15),
                ConnectCallback = provider.GetRequiredService<LagoNetworkGuard>().ConnectAsync,
            });

        // Outermost first. Waits between repetitions follow the injected clock: one that is moved forward ends them early.
        http.AddResilienceHandler("repeat", (pipeline, context) =>
        {
            TimeProvider clock = context.ServiceProvider.GetRequiredService<TimeProvider>();
            pipeline.TimeProvider = clock;
            pipeline.AddRetry(LagoRetry.Options(context.ServiceProvider.GetRequiredService<IOptions<LagoOptions>>().Value, clock));
        });
        http.AddHttpMessageHandler<LagoRateLimitHandler>();

        // The network does not move with that clock.
        http.AddResilienceHandler("time-out", (pipeline, context) =>
        {
            pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<NetworkClock>().Time;
            pipeline.AddTimeout(new HttpTimeoutStrategyOptions
            {
                Timeout = context.ServiceProvider.GetRequiredService<IOptions<LagoOptions>>().Value.RequestTimeout,
            });
        });
        http.AddHttpMessageHandler(provider =>
            new LagoBodyHandler(provider.GetRequiredService<IOptions<LagoOptions>>().Value.MaxResponseBytes));
        return services;
    }
}
