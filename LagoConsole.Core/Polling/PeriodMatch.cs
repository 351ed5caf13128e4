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
    /// The known period of the same subscription whose end is within the tolerance, the nearest first; else the one with the
    /// same start (it was ended early, or Lago moved its end by more than a time zone, T27); null when this is a new period.
    /// </summary>
    /// <param name="known">Periods of one Lago subscription.</param>
    /// <param name="periodStart">Start as Lago shows it now.</param>
    /// <param name="periodEnd">Exclusive end as Lago shows it now.</param>
    public static BillingPeriod? Find(IReadOnlyCollection<BillingPeriod> known, DateTimeOffset periodStart, DateTimeOffset periodEnd) => known
        .Where(period => (period.PeriodEnd - periodEnd).Duration() <= Tolerance)
        .OrderBy(period => (period.PeriodEnd - periodEnd).Duration())
        .FirstOrDefault()
        ?? known.FirstOrDefault(period => period.PeriodStart == periodStart);
}
