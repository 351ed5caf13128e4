using LagoConsole.Core.Integrations;

namespace LagoConsole.Core.Conversion;

/// <summary>A span of time whose growth is released together. Includes its start, excludes its end.</summary>
public sealed record ReportingWindow(DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>When a daily release stops waiting for a poll of the new day (R17).</summary>
    private static readonly TimeSpan DailyPatience = TimeSpan.FromHours(1);

    /// <summary>How long into an hour its release waits for the hour's poll, and how long a poll that never ended may hold one up.</summary>
    private static readonly TimeSpan HourlyPatience = TimeSpan.FromMinutes(30);

    /// <summary>
    /// The window that is due for release now, or null. Hourly: the hour just closed, after the hour's poll, or at half past
    /// if none succeeded. Daily: the day just closed, once, after the first poll that began after midnight UTC, or at 01:00 if
    /// none did (R17). Never in the middle of a poll: a meter has one record an hour, and what the rest of the poll finds would
    /// have to wait for the next.
    /// </summary>
    /// <param name="lastReleasedAt">When this integration last released; switching auto report on counts as a release.</param>
    /// <param name="lastPollStartedAt">Start of the last poll that reached Lago.</param>
    /// <param name="lastPollFinishedAt">End of the last poll that ended.</param>
    public static ReportingWindow? Due(
        BillingMode mode, DateTimeOffset now, DateTimeOffset? lastReleasedAt, DateTimeOffset? lastPollStartedAt, DateTimeOffset? lastPollFinishedAt)
    {
        bool isPolling = lastPollStartedAt > (lastPollFinishedAt ?? DateTimeOffset.MinValue) && (now - lastPollStartedAt.Value).Duration() < HourlyPatience;
        if (isPolling)
        {
            return null;
        }

        if (mode == BillingMode.AmountHourly)
        {
            DateTimeOffset hour = FloorToHour(now);
            return lastPollStartedAt >= hour || now >= hour + HourlyPatience ? ClosedHour(now) : null;
        }

        DateTimeOffset today = new(now.UtcDateTime.Date, TimeSpan.Zero);
        bool alreadyReleased = lastReleasedAt >= today && lastReleasedAt < today.AddDays(1); // a later one is of a clock that was ahead
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
