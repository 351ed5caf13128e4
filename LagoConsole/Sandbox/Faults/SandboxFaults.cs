namespace LagoConsole.Sandbox.Faults;

/// <summary>What a request meets.</summary>
/// <param name="Delay">Before anything else.</param>
/// <param name="Kind">The fault, or null.</param>
public sealed record DrawnFault(TimeSpan Delay, FaultKind? Kind);

/// <summary>
/// The faults that are switched on, from the page or by a test. Chance is drawn from a seed: the same requests meet
/// the same faults. They are a tool, not part of the world: a restart switches them off. Thread safe.
/// </summary>
public sealed class SandboxFaults(long seed)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(SandboxService, FaultKind), FaultSwitch> _switches = [];
    private long _draws;

    /// <summary>What is switched on.</summary>
    public IReadOnlyList<FaultSwitch> Active
    {
        get
        {
            lock (_gate)
            {
                return [.. _switches.Values.OrderBy(fault => fault.Service).ThenBy(fault => fault.Kind)];
            }
        }
    }

    /// <summary>The next requests meet the fault.</summary>
    public void Next(SandboxService service, FaultKind kind, int times = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(times);
        Set(new FaultSwitch(service, kind, times, Rate: 1, Delay: TimeSpan.Zero));
    }

    /// <summary>A share of requests meets the fault, until it is switched off.</summary>
    public void AtRate(SandboxService service, FaultKind kind, decimal rate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rate, 1);
        Set(new FaultSwitch(service, kind, Left: null, rate, Delay: TimeSpan.Zero));
    }

    /// <summary>Every request meets the fault, until it is switched off.</summary>
    public void Always(SandboxService service, FaultKind kind) => AtRate(service, kind, 1);

    /// <summary>Every answer takes that long, until it is switched off.</summary>
    public void Slow(SandboxService service, TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(delay, TimeSpan.Zero);
        Set(new FaultSwitch(service, FaultKind.Latency, Left: null, Rate: 1, delay));
    }

    /// <summary>Switches a fault off.</summary>
    public void Off(SandboxService service, FaultKind kind)
    {
        lock (_gate)
        {
            _switches.Remove((service, kind));
        }
    }

    /// <summary>Switches everything off.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _switches.Clear();
        }
    }

    /// <summary>What the next request to a service meets; uses up counted faults.</summary>
    /// <param name="service">Which.</param>
    /// <param name="isAside">It asks for a token, or whether it may report: a counted fault waits for the call that it was meant for.</param>
    public DrawnFault Draw(SandboxService service, bool isAside = false)
    {
        lock (_gate)
        {
            TimeSpan delay = _switches.GetValueOrDefault((service, FaultKind.Latency))?.Delay ?? TimeSpan.Zero;
            FaultKind[] hitting =
            [
                .. _switches.Values
                    .Where(fault => fault.Service == service && fault.Kind is not (FaultKind.Latency or FaultKind.Unprocessed) && !(isAside && fault.Left.HasValue))
                    .OrderByDescending(fault => fault.Left.HasValue).ThenBy(fault => fault.Kind) // counted ones first: they were asked for now
                    .Select(fault => fault.Kind),
            ];
            foreach (FaultKind kind in hitting)
            {
                if (Hits(service, kind))
                {
                    return new DrawnFault(delay, kind);
                }
            }

            return new DrawnFault(delay, Kind: null);
        }
    }

    /// <summary>How many records of a metering call, from the end, the marketplace fails on by itself.</summary>
    internal int DrawUnprocessed(SandboxService service)
    {
        lock (_gate)
        {
            return Hits(service, FaultKind.Unprocessed) ? 1 : 0;
        }
    }

    private bool Hits(SandboxService service, FaultKind kind)
    {
        if (!_switches.TryGetValue((service, kind), out FaultSwitch? fault))
        {
            return false;
        }

        if (fault.Left is { } left)
        {
            if (left == 1)
            {
                _switches.Remove((service, kind));
            }
            else
            {
                _switches[(service, kind)] = fault with { Left = left - 1 };
            }

            return true;
        }

        ulong dice = StableHash.With(StableHash.Of(seed, "fault"), _draws++);
        return dice % 1_000_000 < fault.Rate * 1_000_000;
    }

    private void Set(FaultSwitch fault)
    {
        lock (_gate)
        {
            _switches[(fault.Service, fault.Kind)] = fault;
        }
    }
}
