using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LagoConsole.Core.Reporting;

/// <summary>Registers what turns accrued money into accepted records.</summary>
public static class ReportingRegistration
{
    public static IServiceCollection AddReporting(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ReportingOptions>().Bind(configuration.GetSection(ReportingOptions.Section))
            .ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ReleaseStore>();
        services.AddSingleton<AllocationStore>();
        services.AddSingleton<RecordStore>();
        services.AddSingleton<RecordSender>();
        services.AddSingleton<RecordQueries>();
        services.AddSingleton<RecordDecisions>();
        services.AddSingleton<EntitlementDrain>();
        services.AddSingleton<ReportRun>();
        return services;
    }
}
