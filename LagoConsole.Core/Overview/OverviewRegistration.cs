using LagoConsole.Core.Explain;
using Microsoft.Extensions.DependencyInjection;

namespace LagoConsole.Core.Overview;

/// <summary>Registers what the overview and the explanations read.</summary>
public static class OverviewRegistration
{
    public static IServiceCollection AddOverview(this IServiceCollection services) => services
        .AddSingleton<FlowLedger>().AddSingleton<OverviewQueries>().AddSingleton<ExplainQueries>()
        .AddHostedService<FlowWarmUp>();
}
