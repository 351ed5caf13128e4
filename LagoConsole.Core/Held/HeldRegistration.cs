using Microsoft.Extensions.DependencyInjection;

namespace LagoConsole.Core.Held;

/// <summary>Registers what a person decides over: held keys, and the books after a restore.</summary>
public static class HeldRegistration
{
    public static IServiceCollection AddHeldMoney(this IServiceCollection services) =>
        services.AddSingleton<HeldMoney>().AddSingleton<RestoredBooks>();
}
