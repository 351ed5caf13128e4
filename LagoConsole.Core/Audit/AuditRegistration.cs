using Microsoft.Extensions.DependencyInjection;

namespace LagoConsole.Core.Audit;

/// <summary>Registers what reads the audit log; it is written with each change itself.</summary>
public static class AuditRegistration
{
    public static IServiceCollection AddAudit(this IServiceCollection services) => services.AddSingleton<AuditQueries>();
}
