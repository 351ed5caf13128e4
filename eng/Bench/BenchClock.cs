namespace LagoConsole.Bench;

/// <summary>Real time, moved to the month of the measured Lago and on by an hour for each round.</summary>
internal sealed class BenchClock : TimeProvider
{
    private TimeSpan _ahead = new DateTimeOffset(2026, 8, 10, 0, 5, 0, TimeSpan.Zero) - System.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _ahead;

    public void NextHour() => _ahead += TimeSpan.FromHours(1);
}
