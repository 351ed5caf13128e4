using Microsoft.Extensions.DependencyInjection;

namespace LagoConsole.Core.History;

/// <summary>Registers what shows and steers the jobs.</summary>
public static class HistoryRegistration
{
    public static IServiceCollection AddHistory(this IServiceCollection services) => services
        .AddSingleton<JobHistory>()
        .AddSingleton<JobControl>();
}
