namespace LagoConsole.Sandbox.Faults;

/// <summary>A fault that is switched on.</summary>
/// <param name="Service">Where.</param>
/// <param name="Kind">What.</param>
/// <param name="Left">For how many more requests; null until it is switched off.</param>
/// <param name="Rate">Share of requests it hits, above 0 and at most 1.</param>
/// <param name="Delay">For latency: how long.</param>
public sealed record FaultSwitch(SandboxService Service, FaultKind Kind, int? Left, decimal Rate, TimeSpan Delay);
