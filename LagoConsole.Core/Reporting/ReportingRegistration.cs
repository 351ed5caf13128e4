using LagoConsole.Core.Reporting.Aws;
using LagoConsole.Core.Reporting.Azure;
using LagoConsole.Core.Reporting.Google;
using LagoConsole.Core.Reporting.Limits;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Reporting;

/// <summary>Registers what turns accrued money into accepted records.</summary>
public static class ReportingRegistration
{
    public static IServiceCollection AddReporting(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ReportingOptions>().Bind(configuration.GetSection(ReportingOptions.Section))
            .ValidateDataAnnotations()
            .Validate<IOptions<AwsOptions>, IOptions<AzureOptions>, IOptions<GoogleOptions>>(
                (reporting, aws, azure, google) => reporting.Lease > LongestCall(aws.Value, azure.Value, google.Value),
                "Reporting:Lease must be longer than any call may take: than Aws:RequestTimeout, than Azure:RequestTimeout, and than twice Google:RequestTimeout (a check, then a report). "
                + "A record whose lease ends while it is being sent is sent a second time.")
            .ValidateOnStart();
        services.AddSingleton<ReleaseStore>();
        services.AddSingleton<AllocationStore>();
        services.AddSingleton<RecordStore>();
        services.AddSingleton<RecordSender>();
        services.AddSingleton<MarketplaceLimits>();
        services.AddSingleton<MarketplaceHealth>();
        services.AddSingleton<RecordQueries>();
        services.AddSingleton<RecordDecisions>();
        services.AddSingleton<EntitlementDrain>();
        services.AddSingleton<ReportRun>();
        return services;
    }

    private static TimeSpan LongestCall(AwsOptions aws, AzureOptions azure, GoogleOptions google) =>
        new[] { aws.RequestTimeout, azure.RequestTimeout, google.RequestTimeout * 2 }.Max();
}
