using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Azure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LagoConsole.Core.Reconciliation;

/// <summary>Registers what compares the records with what the marketplaces hold.</summary>
public static class ReconciliationRegistration
{
    public static IServiceCollection AddReconciliation(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ReconciliationOptions>().Bind(configuration.GetSection(ReconciliationOptions.Section))
            .ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton(provider => provider.GetServices<IMarketplaceMeter>().OfType<AzureMarketplaceMeter>().Single().UsageEvents())
            .AddSingleton<ReconcileRun>().AddSingleton<ReconciliationQueries>();
    }
}
