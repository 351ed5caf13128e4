using LagoConsole.Simulation.Threads;

namespace LagoConsole.Simulation.Engines;

/// <summary>
/// The clock of one engine: the world's, and as far beside it as the machine's clock was stepped. What it waits for comes
/// by the world's time, as with a monotonic timer, and never after the engine's life has ended.
/// </summary>
internal sealed class EngineClock(VirtualClock world, Life life, Loom loom, Func<TimeSpan> step) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => world.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => world.Now + step();

    public override long GetTimestamp() => world.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        world.CreateTimer(_ => loom.Later(life, () => callback(state)), state: null, dueTime, period);
}
