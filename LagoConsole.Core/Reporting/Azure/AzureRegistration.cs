using LagoConsole.Core.Accounts;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Reporting.Azure;

/// <summary>Registers the way out to Azure Marketplace.</summary>
public static class AzureRegistration
{
    public static IServiceCollection AddAzureMarketplace(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AzureOptions>()
            .Bind(configuration.GetSection(AzureOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();

        services.AddAccounts();
        services.AddSingleton<AzureTokenSource>(provider =>
        {
            TimeProvider clock = provider.GetRequiredService<TimeProvider>();
            AzureCredentials credentials = new(provider.GetRequiredService<AccountNetwork>(), provider.GetRequiredService<ISandboxDoor>(), clock);
            return new AzureTokenSource(credentials.Open, provider.GetRequiredService<IProductAccounts>(), clock);
        });
        services.AddSingleton<IMarketplaceMeter>(provider =>
        {
            ISandboxDoor sandbox = provider.GetRequiredService<ISandboxDoor>();
            return new AzureMarketplaceMeter(
                MeteringCall.CreateClient(useProxy: !sandbox.IsOpen), provider.GetRequiredService<AzureTokenSource>(), sandbox,
                provider.GetRequiredService<IOptions<AzureOptions>>(), provider.GetService<NetworkClock>());
        });
        return services;
    }
}
