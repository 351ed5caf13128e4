using LagoConsole.Core.Accounts;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Reporting.Google;

/// <summary>Registers the way out to Google Cloud Marketplace.</summary>
public static class GoogleRegistration
{
    public static IServiceCollection AddGoogleMarketplace(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<GoogleOptions>()
            .Bind(configuration.GetSection(GoogleOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();

        services.AddAccounts();
        services.AddSingleton<GoogleTokenSource>(provider =>
        {
            GoogleAccounts accounts = new(
                provider.GetRequiredService<AccountNetwork>(), provider.GetRequiredService<ISandboxDoor>(), provider.GetRequiredService<TimeProvider>());
            return new GoogleTokenSource(accounts.OpenAsync, provider.GetRequiredService<IProductAccounts>());
        });
        services.AddSingleton<IMarketplaceMeter>(provider =>
        {
            ISandboxDoor sandbox = provider.GetRequiredService<ISandboxDoor>();
            return new GoogleMarketplaceMeter(
                MeteringCall.CreateClient(useProxy: !sandbox.IsOpen), provider.GetRequiredService<GoogleTokenSource>(), sandbox,
                provider.GetRequiredService<IOptions<GoogleOptions>>(), provider.GetRequiredService<TimeProvider>(), provider.GetService<NetworkClock>());
        });
        return services;
    }
}
