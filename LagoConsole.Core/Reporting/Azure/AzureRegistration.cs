using Azure.Core;
using Azure.Identity;
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

        services.AddSingleton<IMarketplaceMeter>(provider =>
        {
            ISandboxDoor sandbox = provider.GetRequiredService<ISandboxDoor>();
            HttpClient http = MeteringCall.CreateClient(useProxy: !sandbox.IsOpen);
            return new AzureMarketplaceMeter(
                http, Tokens(http, provider), sandbox, provider.GetRequiredService<IOptions<AzureOptions>>(), provider.GetService<NetworkClock>());
        });
        return services;
    }

    /// <summary>For each of Azure's marketplace services.</summary>
    /// <param name="http">What the sandbox's login is asked through.</param>
    internal static AzureTokenSource Tokens(HttpClient http, IServiceProvider provider)
    {
        ISandboxDoor sandbox = provider.GetRequiredService<ISandboxDoor>();
        TimeProvider clock = provider.GetRequiredService<TimeProvider>();
        return new AzureTokenSource(sandbox.IsOpen ? new SandboxAzureCredential(http, sandbox, clock) : Chain(), clock);
    }

    /// <summary>What a server may have: an app's secret or certificate in its environment, a workload's or a machine's identity. No developer's sign-in.</summary>
    private static ChainedTokenCredential Chain() =>
        new(new EnvironmentCredential(), new WorkloadIdentityCredential(), new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned));
}
