using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LagoConsole.Health;

/// <summary>Not ready from the moment on in which the process is told to stop.</summary>
internal sealed class ShutdownHealth(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("The console is stopping.") : HealthCheckResult.Healthy());
}
