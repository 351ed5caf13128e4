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
            TimeProvider clock = provider.GetRequiredService<TimeProvider>();
            TokenCredential credential = sandbox.IsOpen ? new SandboxAzureCredential(http, sandbox, clock) : Chain();
            return new AzureMarketplaceMeter(
                http, new AzureTokenSource(credential, clock), sandbox, provider.GetRequiredService<IOptions<AzureOptions>>(), provider.GetService<NetworkClock>());
        });
        return services;
    }

    /// <summary>What a server may have: an app's secret or certificate in its environment, a workload's or a machine's identity. No developer's sign-in.</summary>
    private static ChainedTokenCredential Chain() =>
        new(new EnvironmentCredential(), new WorkloadIdentityCredential(), new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned));
}
