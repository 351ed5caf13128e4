using Microsoft.Extensions.DependencyInjection;

namespace LagoConsole.Core.Integrations;

/// <summary>Registers integrations: what is stored of them, and the way to their Lago. Needs persistence and Lago's clients.</summary>
public static class IntegrationsRegistration
{
    public static IServiceCollection AddIntegrations(this IServiceCollection services) => services
        .AddSingleton<ApiKeyVault>()
        .AddSingleton<KeyErasure>()
        .AddSingleton<IntegrationConnections>()
        .AddSingleton<OrganizationCheck>()
        .AddSingleton<IntegrationService>()
        .AddSingleton<IntegrationDeletion>()
        .AddSingleton<IntegrationQueries>()
        .AddSingleton<IntegrationRuns>();
}
