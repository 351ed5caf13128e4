using Microsoft.Extensions.DependencyInjection;

namespace LagoConsole.Core.DryRun;

/// <summary>Registers what foresees the next window.</summary>
public static class DryRunRegistration
{
    public static IServiceCollection AddDryRun(this IServiceCollection services) =>
        services.AddSingleton<LagoLookReader>().AddSingleton<DryRunService>();
}
