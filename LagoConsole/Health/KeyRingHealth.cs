using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LagoConsole.Health;

/// <summary>The key ring opens what it locks: without it nobody can sign in, and no key of an integration can be read.</summary>
internal sealed class KeyRingHealth(IDataProtectionProvider keys) : IHealthCheck
{
    private const string Text = "health";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        IDataProtector protector = keys.CreateProtector("LagoConsole.Health");
        return Task.FromResult(protector.Unprotect(protector.Protect(Text)) == Text ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The key ring is broken."));
    }
}
