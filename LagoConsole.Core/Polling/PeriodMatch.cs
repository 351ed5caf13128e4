namespace LagoConsole.Core.Polling;

/// <summary>Decides whether a period that Lago shows is one we know (T6). Pure.</summary>
public static class PeriodMatch
{
    /// <summary>
    /// A change of time zone moves an end by at most this much; the shortest real step between two periods of a
    /// subscription is seven days.
    /// </summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromHours(26);

    /// <summary>The known period of the same subscription whose end is within the tolerance, the nearest first; null when this is a new period.</summary>
    /// <param name="known">Periods of one Lago subscription.</param>
    /// <param name="periodEnd">Exclusive end as Lago shows it now.</param>
    public static BillingPeriod? Find(IEnumerable<BillingPeriod> known, DateTimeOffset periodEnd) => known
        .Where(period => (period.PeriodEnd - periodEnd).Duration() <= Tolerance)
        .OrderBy(period => (period.PeriodEnd - periodEnd).Duration())
        .FirstOrDefault();
}
