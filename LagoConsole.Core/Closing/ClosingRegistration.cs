using Microsoft.Extensions.DependencyInjection;

namespace LagoConsole.Core.Closing;

/// <summary>Registers the closing of billing periods.</summary>
public static class ClosingRegistration
{
    public static IServiceCollection AddClosing(this IServiceCollection services) => services.AddSingleton<PeriodCloser>();
}
