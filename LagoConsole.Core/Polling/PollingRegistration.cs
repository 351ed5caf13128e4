using LagoConsole.Core.Buyers;
using LagoConsole.Core.Integrations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LagoConsole.Core.Polling;

/// <summary>Registers what reads Lago and keeps its growth.</summary>
public static class PollingRegistration
{
    public static IServiceCollection AddPolling(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PollingOptions>().Bind(configuration.GetSection(PollingOptions.Section))
            .ValidateDataAnnotations()
            .Validate(options => Quartz.CronExpression.TryParse(options.Cron, out _), "Polling:Cron is not a Quartz cron expression, for example 0 5 * * * ?")
            .ValidateOnStart();
        services.AddSingleton<UsageStore>();
        services.AddSingleton<PeriodStore>();
        services.AddSingleton<WaitingMoney>();
        services.AddSingleton<HighWater.UsageQueries>();
        services.AddSingleton<UsagePipeline>();
        services.AddSingleton<ExtraPolls>();
        services.AddSingleton<PollRun>();
        services.AddSingleton<AutoReportService>();
        services.AddSingleton<BuyerLinkService>();
        services.AddSingleton<IntegrationHealth>();
        return services;
    }
}
