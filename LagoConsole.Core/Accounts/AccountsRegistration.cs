using LagoConsole.Core.Integrations;
using LagoConsole.Core.Sandbox;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LagoConsole.Core.Accounts;

/// <summary>The vendor's accounts at the marketplaces. Each marketplace asks for it; once is enough. Verifying needs all three marketplaces.</summary>
public static class AccountsRegistration
{
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.TryAddSingleton<AccountVault>();
        services.TryAddSingleton<ProductAccounts>();
        services.TryAddSingleton<IProductAccounts>(provider => provider.GetRequiredService<ProductAccounts>());
        services.TryAddSingleton(provider => new AccountNetwork(provider.GetRequiredService<ISandboxDoor>()));
        services.TryAddSingleton<KeyErasure>();
        services.TryAddSingleton<AccountVerifier>();
        services.TryAddSingleton<AccountService>();
        services.TryAddSingleton<AccountChoices>();
        services.TryAddSingleton<AccountQueries>();
        return services;
    }
}
