namespace LagoConsole.Core.Polling;

/// <summary>Decides whether a period that Lago shows is one we know (T6). Pure.</summary>
public static class PeriodMatch
{
    /// <summary>
    /// A change of time zone moves an end by at most this much; the shortest real step between two periods of a
    /// subscription is seven days.
    /// </summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromHours(26);

    /// <summary>
    /// The known period of the same subscription whose end is within the tolerance, the nearest first, of equal ends the nearest start; else the one with the
    /// same start (it was ended early, or Lago moved its end by more than a time zone, T27); null when this is a new period.
    /// </summary>
    /// <param name="known">Periods of one Lago subscription.</param>
    /// <param name="periodStart">Start as Lago shows it now.</param>
    /// <param name="periodEnd">Exclusive end as Lago shows it now.</param>
    public static BillingPeriod? Find(IReadOnlyCollection<BillingPeriod> known, DateTimeOffset periodStart, DateTimeOffset periodEnd) => known
        .Where(period => (period.PeriodEnd - periodEnd).Duration() <= Tolerance)
        .OrderBy(period => (period.PeriodEnd - periodEnd).Duration()).ThenBy(period => (period.PeriodStart - periodStart).Duration())
        .FirstOrDefault()
        ?? known.FirstOrDefault(period => period.PeriodStart == periodStart);

    /// <summary>
    /// An open period whose borders seem to have been moved: more than half of the shown period lies in it. Periods of one
    /// subscription never overlap; some servers slide quarterly and yearly ones by a month (T27).
    /// </summary>
    public static BillingPeriod? Slid(IReadOnlyCollection<BillingPeriod> known, DateTimeOffset periodStart, DateTimeOffset periodEnd) => known
        .FirstOrDefault(period => period.State == BillingPeriodState.Open
            && (Earlier(period.PeriodEnd, periodEnd) - Later(period.PeriodStart, periodStart)) * 2 > periodEnd - periodStart);

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
