using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LagoConsole.Health;

/// <summary>The database answers, and its tables are this version's: another node may have brought them to a newer one.</summary>
internal sealed class DatabaseHealth(IDbContextFactory<LagoConsoleDbContext> contexts) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await MigrationCheck.IsOlderAsync(db, cancellationToken)
            ? HealthCheckResult.Unhealthy("The tables are an older version's.")
            : HealthCheckResult.Healthy();
    }
}
