namespace LagoConsole.Sandbox.Google;

/// <summary>How late Google takes an operation. Pure.</summary>
public static class GoogleWindow
{
    /// <summary>Google documents no limit of age; usage that was withheld while a buyer was disabled is taken for this long.</summary>
    private static readonly TimeSpan Back = TimeSpan.FromDays(30);

    /// <summary>After a cancellation, how long usage from before it is still taken.</summary>
    public static readonly TimeSpan Flush = TimeSpan.FromHours(1);

    /// <summary>The clock hour of a time. Google keeps no slots: it is for comparing only.</summary>
    public static DateTimeOffset HourOf(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    /// <summary>In order, over, and not too old.</summary>
    public static bool Takes(DateTimeOffset startTime, DateTimeOffset endTime, DateTimeOffset now) =>
        startTime <= endTime && endTime <= now && now - endTime <= Back;
}
