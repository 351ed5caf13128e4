using System.Globalization;

namespace LagoConsole.Core.Time;

/// <summary>
/// Real time plus an offset that only grows: an hour, a day, a month pass at the press of a button.
/// For Development and tests; Production runs on <see cref="TimeProvider.System"/>.
/// </summary>
/// <remarks>
/// The offset is kept in a small file, so that a restart does not travel back to hours that were already billed.
/// Timers made here belong to virtual time: a jump past their due time fires them at once. Elapsed time
/// (<see cref="GetTimestamp"/>) jumps along, so that timers and stopwatches agree. Thread safe.
/// </remarks>
public sealed class ShiftableClock : TimeProvider
{
    private readonly TimeProvider _real;
    private readonly string? _offsetFile;
    private readonly Lock _moving = new();
    private readonly HashSet<ShiftableTimer> _armed = [];
    private long _offsetTicks;

    /// <param name="offsetFile">Where the offset is kept; null keeps it in memory.</param>
    /// <param name="real">The clock underneath; the system's by default.</param>
    /// <exception cref="InvalidDataException">The file holds something other than an offset.</exception>
    public ShiftableClock(string? offsetFile = null, TimeProvider? real = null)
    {
        _real = real ?? System;
        _offsetFile = offsetFile;
        _offsetTicks = ReadOffset(offsetFile).Ticks;
    }

    /// <summary>Raised after each jump, when <see cref="GetUtcNow"/> already shows the new time.</summary>
    public event EventHandler? Moved;

    /// <summary>How far this clock is ahead of real time.</summary>
    public TimeSpan Offset => new(Interlocked.Read(ref _offsetTicks));

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => _real.TimestampFrequency;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _real.GetUtcNow() + Offset;

    /// <inheritdoc/>
    public override long GetTimestamp() => _real.GetTimestamp() + ToTimestampUnits(Offset);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new ShiftableTimer(this, _real, callback, state, dueTime, period);

    /// <summary>Lets <paramref name="by"/> pass at once and fires what falls due.</summary>
    /// <returns>The new time.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Zero or backwards: reported hours cannot come again.</exception>
    public DateTimeOffset MoveForward(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(by, TimeSpan.Zero);
        ShiftableTimer[] armed;
        lock (_moving)
        {
            TimeSpan offset = Offset + by;
            WriteOffset(offset); // first the file: a crash in between leaves the clock ahead, never behind
            Interlocked.Exchange(ref _offsetTicks, offset.Ticks);
            armed = [.. _armed];
        }

        foreach (ShiftableTimer timer in armed)
        {
            timer.Rearm();
        }

        Moved?.Invoke(this, EventArgs.Empty);
        return GetUtcNow();
    }

    internal long ToTimestampUnits(TimeSpan span) =>
        (long)(span.Ticks * (decimal)TimestampFrequency / TimeSpan.TicksPerSecond);

    // A timer is known here only while it is armed, as the system's own timers are: a forgotten one can be collected.
    internal void Track(ShiftableTimer timer, bool armed)
    {
        lock (_moving)
        {
            if (armed)
            {
                _armed.Add(timer);
            }
            else
            {
                _armed.Remove(timer);
            }
        }
    }

    private static TimeSpan ReadOffset(string? file)
    {
        if (file is null || !File.Exists(file))
        {
            return TimeSpan.Zero;
        }

        string text = File.ReadAllText(file).Trim();
        return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out TimeSpan offset) && offset >= TimeSpan.Zero
            ? offset
            : throw new InvalidDataException($"{file} should hold the clock's offset such as 1.02:00:00, but holds \"{text}\".");
    }

    private void WriteOffset(TimeSpan offset)
    {
        if (_offsetFile is null)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_offsetFile))!);
        string temporary = _offsetFile + ".new";
        File.WriteAllText(temporary, offset.ToString("c", CultureInfo.InvariantCulture));
        File.Move(temporary, _offsetFile, overwrite: true);
    }
}
