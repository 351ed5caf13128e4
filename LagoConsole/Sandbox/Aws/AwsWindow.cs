namespace LagoConsole.Sandbox.Aws;

/// <summary>How late AWS takes a record. Pure.</summary>
public static class AwsWindow
{
    private static readonly TimeSpan Back = TimeSpan.FromHours(24);
    private static readonly TimeSpan MonthGrace = TimeSpan.FromHours(6);

    /// <summary>After an agreement's end, how long its last usage is still taken.</summary>
    public static readonly TimeSpan Flush = TimeSpan.FromHours(1);

    /// <summary>The hour whose slot a record takes.</summary>
    public static DateTimeOffset HourOf(DateTimeOffset timestamp) =>
        new(timestamp.UtcTicks - (timestamp.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    /// <summary>
    /// Not in the future, at most 24 hours old, and for a month that has ended only before 06:00 UTC on the 1st.
    /// </summary>
    public static bool Takes(DateTimeOffset timestamp, DateTimeOffset now)
    {
        if (timestamp > now || now - timestamp > Back)
        {
            return false;
        }

        DateTimeOffset month = new(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);
        return timestamp >= month || now < month + MonthGrace;
    }
}
