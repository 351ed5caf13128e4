namespace LagoConsole.Sandbox.Azure;

/// <summary>How late Azure takes an event. Pure.</summary>
public static class AzureWindow
{
    private static readonly TimeSpan Back = TimeSpan.FromHours(24);

    /// <summary>The hour that an event holds.</summary>
    public static DateTimeOffset HourOf(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    /// <summary>The day whose total it counts in.</summary>
    public static DateTimeOffset DayOf(DateTimeOffset time) => new(time.UtcDateTime.Date, TimeSpan.Zero);

    /// <summary>Not in the future, and at most 24 hours old.</summary>
    public static bool Takes(DateTimeOffset time, DateTimeOffset now) => time <= now && now - time <= Back;
}
