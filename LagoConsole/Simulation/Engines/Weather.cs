using LagoConsole.Sandbox.Faults;

namespace LagoConsole.Simulation.Engines;

/// <summary>What one call meets on its way.</summary>
/// <param name="Fault">Null: it is answered.</param>
/// <param name="There">Until the service has it. It is processed then, whether or not anybody still waits.</param>
/// <param name="Back">Until its answer is there.</param>
/// <param name="IsSilent">A lost one is not noticed: the caller waits until its patience ends.</param>
internal sealed record Trip(FaultKind? Fault, TimeSpan There, TimeSpan Back, bool IsSilent)
{
    /// <summary>The connection is refused: not a byte of the request leaves.</summary>
    public bool IsRefused { get; init; }

    /// <summary>The marketplace processes all of the call but its last record.</summary>
    public bool IsPartial { get; init; }
}

/// <summary>How a service cannot be reached for a while.</summary>
internal enum OutageKind
{
    /// <summary>503 of a proxy.</summary>
    Unavailable,

    /// <summary>Connections are refused.</summary>
    Refused,

    /// <summary>Requests vanish; the caller waits in vain.</summary>
    Silent,

    /// <summary>Requests are processed and their answers vanish.</summary>
    Mute,

    /// <summary>Lago's key, or the marketplace's, is not accepted.</summary>
    Unauthorized,
}

/// <summary>A service that cannot be reached from one moment to another.</summary>
internal sealed record Outage(SandboxService Service, OutageKind Kind, DateTimeOffset From, DateTimeOffset Until);

/// <summary>Everything that goes wrong between an engine and the services, decided by the seed. From one moment on it is fair.</summary>
internal sealed class Weather(Dice dice, DateTimeOffset fairFrom, int permille)
{
    private readonly List<Outage> _outages = [];

    public DateTimeOffset FairFrom { get; } = fairFrom;

    /// <summary>So many of a thousand calls meet something.</summary>
    public int Permille { get; } = permille;

    /// <summary>Until then nothing goes wrong: while the world is set up.</summary>
    public DateTimeOffset CalmUntil { get; set; }

    /// <summary>Something went wrong with a call, or an engine died in one: records may be left that only a person can settle.</summary>
    public bool WasBad { get; set; }

    public void Add(Outage outage) => _outages.Add(outage);

    public Trip Draw(SandboxService service, DateTimeOffset now)
    {
        TimeSpan there = TimeSpan.FromMilliseconds(dice.Between(5, 60));
        TimeSpan back = TimeSpan.FromMilliseconds(dice.Between(5, 60));
        if (now >= FairFrom || now < CalmUntil)
        {
            return new Trip(null, there, back, IsSilent: false);
        }

        if (_outages.Find(outage => outage.Service == service && outage.From <= now && now < outage.Until) is { } outage)
        {
            WasBad = true;
            return outage.Kind switch
            {
                OutageKind.Unavailable => new Trip(FaultKind.Outage, there, back, IsSilent: false),
                OutageKind.Refused => new Trip(FaultKind.LostRequest, there, back, IsSilent: false) { IsRefused = true },
                OutageKind.Silent => new Trip(FaultKind.LostRequest, there, back, IsSilent: true),
                OutageKind.Mute => new Trip(FaultKind.LostAnswer, there, back, IsSilent: dice.OnceIn(2)),
                OutageKind.Unauthorized => new Trip(FaultKind.Unauthorized, there, back, IsSilent: false),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }

        if (!dice.Permille(Permille))
        {
            return new Trip(null, there, back, IsSilent: false);
        }

        WasBad = true;
        return dice.Below(service == SandboxService.Lago ? 9 : 10) switch
        {
            0 => new Trip(FaultKind.LostRequest, there, back, IsSilent: dice.OnceIn(3)),
            1 => new Trip(FaultKind.LostRequest, there, back, IsSilent: false) { IsRefused = true },
            2 => new Trip(FaultKind.LostAnswer, there, back, IsSilent: dice.OnceIn(3)),
            3 => new Trip(null, TimeSpan.FromSeconds(dice.Between(1, 240)), back, IsSilent: false), // it arrives late, maybe after it was given up
            4 => new Trip(null, there, TimeSpan.FromSeconds(dice.Between(1, 240)), IsSilent: false), // its answer does
            5 => new Trip(FaultKind.Throttle, there, back, IsSilent: false),
            6 => new Trip(FaultKind.ErrorBefore, there, back, IsSilent: false),
            7 => new Trip(FaultKind.ErrorAfter, there, back, IsSilent: false),
            9 => new Trip(null, there, back, IsSilent: false) { IsPartial = true },
            _ => new Trip(FaultKind.Outage, there, back, IsSilent: false),
        };
    }
}
