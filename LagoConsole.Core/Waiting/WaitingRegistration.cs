using LagoConsole.Core.Held;
using Microsoft.Extensions.DependencyInjection;

namespace LagoConsole.Core.Waiting;

/// <summary>Registers what a person decides over: waiting money, held keys, and the books after a restore.</summary>
public static class WaitingRegistration
{
    public static IServiceCollection AddWaiting(this IServiceCollection services) => services
        .AddSingleton<WaitingQueries>().AddSingleton<WaitingDecisions>()
        .AddSingleton<HeldMoney>().AddSingleton<RestoredBooks>();
}
