using LagoConsole.Core.Conversion;

namespace LagoConsole.Core.Overview;

/// <summary>
/// Cuts time into ranges that are added up once and kept: parts of the present hour, hours of this UTC day, days before it. Every sum
/// of the overview is a sum of such ranges, so that what it costs does not grow with what the books hold. Pure.
/// </summary>
public static class OverviewRanges
{
    /// <summary>How many hours the chart shows, the present one included.</summary>
    public const int ChartHours = 24;

    /// <summary>How many UTC days the chart shows, today included.</summary>
    public const int ChartDays = 31;

    /// <summary>The present hour is cut so: a poll counts most of an hour's growth in some minutes of it.</summary>
    private static readonly TimeSpan _part = TimeSpan.FromMinutes(10);

    public static DateTimeOffset Today(DateTimeOffset now) => new(now.UtcDateTime.Date, TimeSpan.Zero);

    public static DateTimeOffset Month(DateTimeOffset now) => new(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Everything from an instant to now, in ranges that follow one on another: the rest of the first day as one (a Lago period begins at
    /// midnight of the customer's zone), then whole days, the hours of today, and the present hour in parts, the last of which is not over.
    /// </summary>
    public static IReadOnlyList<TimeRange> Since(DateTimeOffset start, DateTimeOffset now)
    {
        List<TimeRange> ranges = [];
        DateTimeOffset today = Today(now);
        DateTimeOffset at = start;
        while (at < today)
        {
            DateTimeOffset midnight = Today(at).AddDays(1);
            ranges.Add(new TimeRange(at, midnight));
            at = midnight;
        }

        DateTimeOffset hour = ReportingWindow.FloorToHour(now);
        for (; at < hour; at = ranges[^1].Until)
        {
            ranges.Add(new TimeRange(at, ReportingWindow.FloorToHour(at).AddHours(1)));
        }

        for (; at <= now; at = ranges[^1].Until)
        {
            ranges.Add(new TimeRange(at, hour + (((at - hour).Ticks / _part.Ticks) + 1) * _part));
        }

        return ranges;
    }

    /// <summary>The hours that the chart shows, oldest first.</summary>
    public static IReadOnlyList<TimeRange> HoursOf(DateTimeOffset now)
    {
        DateTimeOffset first = ReportingWindow.FloorToHour(now).AddHours(1 - ChartHours);
        return [.. Enumerable.Range(0, ChartHours).Select(hour => new TimeRange(first.AddHours(hour), first.AddHours(hour + 1)))];
    }

    /// <summary>The UTC days that the chart shows, oldest first.</summary>
    public static IReadOnlyList<TimeRange> DaysOf(DateTimeOffset now)
    {
        DateTimeOffset first = Today(now).AddDays(1 - ChartDays);
        return [.. Enumerable.Range(0, ChartDays).Select(day => new TimeRange(first.AddDays(day), first.AddDays(day + 1)))];
    }
}
