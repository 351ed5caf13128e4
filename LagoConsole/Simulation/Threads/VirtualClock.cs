namespace LagoConsole.Simulation.Threads;

/// <summary>
/// Time that passes only when nothing is left to do: it jumps to whatever falls due next. Everything of a world is told
/// by it. Not thread safe: a world has one thread.
/// </summary>
internal sealed class VirtualClock(DateTimeOffset start) : TimeProvider
{
    private readonly PriorityQueue<VirtualTimer, (long Ticks, long Order)> _due = new();
    private long _ticks = start.UtcTicks;
    private long _order;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public DateTimeOffset Now => new(_ticks, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => _ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new VirtualTimer(this, callback, state, dueTime, period);

    /// <summary>Calls back at that moment, or at once if it has passed.</summary>
    public void At(DateTimeOffset moment, Action action)
    {
        VirtualTimer timer = new(this, _ => action(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(moment > Now ? moment - Now : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Goes on to the next moment that something is due, and lets it happen. False when nothing is due before the end.</summary>
    public bool Advance(DateTimeOffset end)
    {
        while (_due.TryPeek(out VirtualTimer? timer, out (long Ticks, long Order) key))
        {
            if (key.Ticks > end.UtcTicks)
            {
                break;
            }

            _due.Dequeue();
            if (timer.Order != key.Order)
            {
                continue; // changed or disposed since
            }

            _ticks = Math.Max(_ticks, key.Ticks);
            timer.Fire();
            return true;
        }

        _ticks = Math.Max(_ticks, end.UtcTicks);
        return false;
    }

    private long Enqueue(VirtualTimer timer, TimeSpan wait)
    {
        long order = ++_order;
        _due.Enqueue(timer, (_ticks + wait.Ticks, order));
        return order;
    }

    private sealed class VirtualTimer : ITimer
    {
        private readonly VirtualClock _clock;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private TimeSpan _period;

        public VirtualTimer(VirtualClock clock, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _clock = clock;
            _callback = callback;
            _state = state;
            Change(dueTime, period);
        }

        /// <summary>Of its place in the queue; 0 while it is not due.</summary>
        public long Order { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            Order = dueTime == Timeout.InfiniteTimeSpan ? 0 : _clock.Enqueue(this, dueTime);
            return true;
        }

        public void Fire()
        {
            Order = _period > TimeSpan.Zero ? _clock.Enqueue(this, _period) : 0;
            _callback(_state);
        }

        public void Dispose() => Order = 0;

        public ValueTask DisposeAsync()
        {
            Order = 0;
            return ValueTask.CompletedTask;
        }
    }
}
