using Microsoft.Extensions.Diagnostics.HealthChecks;
using Quartz;

namespace LagoConsole.Health;

/// <summary>
/// The scheduler runs. A job that fails does not make a node unfit for people, who come to see what failed: Jobs shows it.
/// </summary>
internal sealed class SchedulerHealth(ISchedulerFactory schedulers) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        SchedulerStatus status = await (await schedulers.GetScheduler(cancellationToken)).GetStatus(cancellationToken);
        return status == SchedulerStatus.Running ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"The scheduler is {status}.");
    }
}
