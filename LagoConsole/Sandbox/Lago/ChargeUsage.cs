namespace LagoConsole.Sandbox.Lago;

/// <summary>What one charge comes to in one period.</summary>
/// <param name="Charge">The charge.</param>
/// <param name="Metric">Its metric.</param>
/// <param name="Units">Aggregated units.</param>
/// <param name="Events">Events of the period.</param>
/// <param name="AmountCents">Minor units of the plan's currency, rounded half up for this charge alone.</param>
public sealed record ChargeUsage(LagoCharge Charge, LagoMetric Metric, decimal Units, long Events, long AmountCents);
