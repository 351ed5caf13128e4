using LagoConsole.Core.Integrations;

namespace LagoConsole.Core.Conversion;

/// <summary>A span of time whose growth is released together. Includes its start, excludes its end.</summary>
public sealed record ReportingWindow(DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>When a daily release stops waiting for a poll of the new day (R17).</summary>
    private static readonly TimeSpan DailyPatience = TimeSpan.FromHours(1);

    /// <summary>
    /// The window that is due for release now, or null. Hourly: always the hour just closed. Daily: the day just
    /// closed, once, at the first run after midnight UTC whose poll began after midnight, or at 01:00 if none did (R17).
    /// </summary>
    /// <param name="lastReleasedAt">When this integration last released; switching auto report on counts as a release.</param>
    /// <param name="lastPollStartedAt">Start of the last poll that reached Lago.</param>
    public static ReportingWindow? Due(
        BillingMode mode, DateTimeOffset now, DateTimeOffset? lastReleasedAt, DateTimeOffset? lastPollStartedAt)
    {
        if (mode == BillingMode.AmountHourly)
        {
            return ClosedHour(now);
        }

        DateTimeOffset today = new(now.UtcDateTime.Date, TimeSpan.Zero);
        bool alreadyReleased = lastReleasedAt >= today;
        bool polledToday = lastPollStartedAt >= today;
        return alreadyReleased || !(polledToday || now >= today + DailyPatience)
            ? null
            : new ReportingWindow(today.AddDays(-1), today);
    }

    /// <summary>The latest whole UTC hour that has ended.</summary>
    public static ReportingWindow ClosedHour(DateTimeOffset now)
    {
        DateTimeOffset end = FloorToHour(now);
        return new ReportingWindow(end.AddHours(-1), end);
    }

    public static DateTimeOffset FloorToHour(DateTimeOffset instant) =>
        new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
}
