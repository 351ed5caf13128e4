using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LagoConsole.Core.Notifications;

/// <summary>Registers what tells people outside the console.</summary>
public static class NotificationsRegistration
{
    public static IServiceCollection AddNotifications(this IServiceCollection services)
    {
        services.TryAddSingleton(NetworkClock.Real);
        services.TryAddSingleton(SendLimits.Usual);
        services.TryAddSingleton<KeyErasure>();
        services.AddSingleton<NotificationVault>().AddSingleton<TypedChannel>().AddSingleton<ChannelService>().AddSingleton<NotificationQueries>()
            .AddSingleton<NotificationStore>().AddSingleton<NotificationCourier>().AddSingleton<CauseReader>()
            .AddSingleton<INotificationSender, EmailSender>().AddSingleton<INotificationSender, WebhookSender>();
        services.AddHttpClient(WebhookSender.HandlerName)
            .RemoveAllLoggers() // the address alone lets its reader post
            .ConfigurePrimaryHttpMessageHandler(provider => new SocketsHttpHandler
            {
                AllowAutoRedirect = false, // messages go to the checked address and nowhere else
                UseCookies = false,
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                ConnectTimeout = TimeSpan.FromSeconds(5),
                ConnectCallback = provider.GetRequiredService<LagoNetworkGuard>().ConnectAsync,
            });
        return services;
    }
}
