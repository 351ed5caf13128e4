namespace LagoConsole.Sandbox.Lago;

/// <summary>Where a subscription's periods begin and end: local midnights of the customer's zone. Pure.</summary>
public static class BillingPeriods
{
    /// <summary>The period that contains the instant, cut to the subscription's life.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The instant is before the subscription's start.</exception>
    public static LagoPeriod Containing(LagoSubscription subscription, LagoInterval interval, DateTimeOffset instant)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(instant, subscription.StartedAt);
        TimeZoneInfo zone = subscription.Customer.Zone;
        DateOnly day = LocalDay(instant, zone);
        (DateOnly first, DateOnly next) = interval switch
        {
            LagoInterval.Weekly => Week(day, WeekStart(subscription, zone)),
            LagoInterval.Monthly => Month(day, MonthDay(subscription, zone)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

        DateTimeOffset from = Midnight(first, zone);
        DateTimeOffset end = Midnight(next, zone);
        return new LagoPeriod(
            from > subscription.StartedAt ? from : subscription.StartedAt,
            subscription.TerminatedAt is { } terminated && terminated < end ? terminated : end,
            next.DayNumber - first.DayNumber);
    }

    /// <summary>The date at that instant in that zone.</summary>
    public static DateOnly LocalDay(DateTimeOffset instant, TimeZoneInfo zone) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);

    /// <summary>The first instant of a local date.</summary>
    public static DateTimeOffset Midnight(DateOnly day, TimeZoneInfo zone)
    {
        DateTime local = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(30); // some zones put the clock forward at midnight
        }

        TimeSpan offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    private static DayOfWeek WeekStart(LagoSubscription subscription, TimeZoneInfo zone) =>
        subscription.BillingTime == LagoBillingTime.Calendar
            ? DayOfWeek.Monday
            : LocalDay(subscription.SubscriptionAt, zone).DayOfWeek;

    private static int MonthDay(LagoSubscription subscription, TimeZoneInfo zone) =>
        subscription.BillingTime == LagoBillingTime.Calendar ? 1 : LocalDay(subscription.SubscriptionAt, zone).Day;

    private static (DateOnly First, DateOnly Next) Week(DateOnly day, DayOfWeek start)
    {
        int back = ((int)day.DayOfWeek - (int)start + 7) % 7;
        DateOnly first = day.AddDays(-back);
        return (first, first.AddDays(7));
    }

    private static (DateOnly First, DateOnly Next) Month(DateOnly day, int anchor)
    {
        DateOnly month = new(day.Year, day.Month, 1);
        if (day < OnAnchor(month, anchor))
        {
            month = month.AddMonths(-1);
        }

        return (OnAnchor(month, anchor), OnAnchor(month.AddMonths(1), anchor));
    }

    // The 31st of a shorter month is its last day; the month after returns to the 31st.
    private static DateOnly OnAnchor(DateOnly month, int anchor) =>
        new(month.Year, month.Month, Math.Min(anchor, DateTime.DaysInMonth(month.Year, month.Month)));
}
