using LagoConsole.Core.Buyers.Import;
using LagoConsole.Core.Buyers.Mapping;
using Microsoft.Extensions.DependencyInjection;

namespace LagoConsole.Core.Buyers;

/// <summary>Buyers, what they bought, and the Lago customers they can be linked to.</summary>
public static class BuyersRegistration
{
    public static IServiceCollection AddBuyers(this IServiceCollection services) => services
        .AddSingleton<BuyerService>()
        .AddSingleton<EntitlementService>()
        .AddSingleton<EntitlementLife>()
        .AddSingleton<EntitlementImport>()
        .AddSingleton<BuyerQueries>()
        .AddSingleton<MappingQueries>()
        .AddSingleton<LagoLooks>()
        .AddSingleton<BuyerMapping>()
        .AddSingleton<LagoCustomers>();
}
