namespace LagoConsole.Core.Time;

/// <summary>
/// The time that sockets live in: limits of calls are told by it. Real time in every console, also where the console's
/// own clock is moved forward by hand, because no network moves with it. Only a simulation, which has no network, sets another.
/// </summary>
public sealed record NetworkClock(TimeProvider Time)
{
    public static NetworkClock Real { get; } = new(TimeProvider.System);
}
