namespace LagoConsole.Tests.Support;

/// <summary>Real time from a chosen instant on: hours are literal in tests, while timers still run.</summary>
public sealed class TestClock(DateTimeOffset start) : TimeProvider
{
    private readonly long _began = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => start + System.GetElapsedTime(_began);
}
