namespace LagoConsole.Core.Time;

/// <summary>A timer of <see cref="ShiftableClock"/>: due at a virtual moment, carried by a real timer that a jump sets anew.</summary>
/// <remarks>A periodic timer whose moments were jumped over fires once, as after a machine's sleep, and goes on from there.</remarks>
internal sealed class ShiftableTimer : ITimer
{
    // The system's timers take at most 49 days; a longer wait is made of several.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly ShiftableClock _clock;
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private readonly ITimer _carrier;
    private readonly Lock _gate = new();
    private long? _due; // in units of the clock's timestamp; null while disarmed
    private TimeSpan _period;
    private bool _disposed;

    public ShiftableTimer(
        ShiftableClock clock, TimeProvider real, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        _clock = clock;
        _callback = callback;
        _state = state;
        _carrier = real.CreateTimer(
            static timer => ((ShiftableTimer)timer!).OnCarrier(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Change(dueTime, period);
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        RefuseNegative(dueTime, nameof(dueTime));
        RefuseNegative(period, nameof(period));
        lock (_gate)
        {
            if (_disposed)
            {
                return false;
            }

            _period = period;
            _due = dueTime == Timeout.InfiniteTimeSpan ? null : _clock.GetTimestamp() + _clock.ToTimestampUnits(dueTime);
            _clock.Track(this, armed: _due is not null);
            Arm();
            return true;
        }
    }

    /// <summary>Sets the real timer to what is left of the wait: called after a jump.</summary>
    public void Rearm()
    {
        lock (_gate)
        {
            Arm();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _due = null;
            _clock.Track(this, armed: false);
        }

        _carrier.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void OnCarrier()
    {
        lock (_gate)
        {
            if (_due is not { } due)
            {
                return;
            }

            long now = _clock.GetTimestamp();
            if (now < due)
            {
                Arm(); // one leg of a long wait, or a wait cut short by rounding
                return;
            }

            bool periodic = _period > TimeSpan.Zero;
            _due = periodic ? now + _clock.ToTimestampUnits(_period) : null;
            if (!periodic)
            {
                _clock.Track(this, armed: false);
            }

            Arm();
        }

        _callback(_state);
    }

    private void Arm()
    {
        if (_disposed)
        {
            return;
        }

        if (_due is not { } due)
        {
            _carrier.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        long left = due - _clock.GetTimestamp();
        TimeSpan wait = left <= 0 ? TimeSpan.Zero : _clock.GetElapsedTime(0, left) + TimeSpan.FromTicks(1);
        _carrier.Change(wait < LongestWait ? wait : LongestWait, Timeout.InfiniteTimeSpan);
    }

    private static void RefuseNegative(TimeSpan span, string name)
    {
        if (span < TimeSpan.Zero && span != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, span, "A timer waits a positive time, none, or for ever.");
        }
    }
}
