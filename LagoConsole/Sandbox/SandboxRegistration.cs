using LagoConsole.Core.Sandbox;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LagoConsole.Sandbox;

/// <summary>Registers the sandbox.</summary>
public static class SandboxRegistration
{
    /// <summary>Adds <see cref="SandboxWorld"/>, <see cref="SandboxControl"/> and the way to them (<see cref="SandboxDoor"/>, in place of a closed one); the clock is the registered <see cref="TimeProvider"/>.</summary>
    /// <exception cref="InvalidOperationException">The environment is neither Development nor Testing.</exception>
    public static IServiceCollection AddSandbox(this IServiceCollection services, IHostEnvironment environment, Action<SandboxOptions>? configure = null)
    {
        RefuseOutsideDevelopment(environment);
        OptionsBuilder<SandboxOptions> options = services.AddOptions<SandboxOptions>().BindConfiguration(SandboxOptions.Section);
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider =>
            new SandboxWorld(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IOptions<SandboxOptions>>().Value));
        services.AddSingleton<SandboxControl>();
        services.Replace(ServiceDescriptor.Singleton<ISandboxDoor, SandboxDoor>());
        return services;
    }

    /// <summary>A made-up bill must never stand where a real one is expected.</summary>
    internal static void RefuseOutsideDevelopment(IHostEnvironment environment)
    {
        if (!environment.IsDevelopment() && !environment.IsEnvironment("Testing"))
        {
            throw new InvalidOperationException(
                $"The sandbox runs in Development only; the environment is {environment.EnvironmentName}. Remove the sandbox or set ASPNETCORE_ENVIRONMENT.");
        }
    }
}
