using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Polling;

/// <summary>
/// What is stored of some customers' open periods, read at once before they are polled: an answer that shows nothing else
/// costs no transaction. It may be older than the database; to leave out what an older look has seen already is always right.
/// </summary>
internal sealed class KnownUsage
{
    private readonly ILookup<string, BillingPeriod> _periods;
    private readonly ILookup<Guid, HighWaterMark> _marks;
    private readonly HashSet<(Guid BuyerId, string MetricCode)> _atCloseOnly;

    private KnownUsage(ILookup<string, BillingPeriod> periods, ILookup<Guid, HighWaterMark> marks, HashSet<(Guid BuyerId, string MetricCode)> atCloseOnly)
    {
        _periods = periods;
        _marks = marks;
        _atCloseOnly = atCloseOnly;
    }

    public static async Task<KnownUsage> LoadAsync(
        IDbContextFactory<LagoConsoleDbContext> contexts, Guid integrationId, IEnumerable<BuyerLink> links, CancellationToken cancellationToken)
    {
        List<Guid> buyers = [.. links.Select(link => link.BuyerId)];
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        List<BillingPeriod> periods = await db.BillingPeriods.AsNoTracking()
            .Where(period => period.IntegrationId == integrationId && period.State == BillingPeriodState.Open && !period.NeverPolled
                && buyers.Contains(period.BuyerId))
            .ToListAsync(cancellationToken);
        List<Guid> periodIds = [.. periods.Select(period => period.Id)];
        List<HighWaterMark> marks = await db.HighWaterMarks.AsNoTracking()
            .Where(mark => periodIds.Contains(mark.PeriodId)).ToListAsync(cancellationToken);
        var atCloseOnly = await (
            from conversion in db.DimensionConversions
            join entitlement in db.Entitlements on conversion.ProductId equals entitlement.ProductId
            where conversion.ReportAtCloseOnly && buyers.Contains(entitlement.BuyerId)
            select new { entitlement.BuyerId, conversion.MetricCode }).ToListAsync(cancellationToken);
        return new KnownUsage(
            periods.ToLookup(period => period.SubscriptionLagoId, StringComparer.Ordinal), marks.ToLookup(mark => mark.PeriodId),
            [.. atCloseOnly.Select(row => (row.BuyerId, row.MetricCode))]);
    }

    /// <summary>Whether a poll has seen this period before with all that the reading shows, as far as is known here.</summary>
    public bool Knows(SubscriptionReading reading) => Find(reading) is { } period && Knows([.. _marks[period.Id]], reading);

    /// <summary>
    /// Whether these keys of the reading's period have every metric and charge of it. What appears within a period (a charge
    /// added to the plan; a server that leaves zeros out) may be prorated, which only the plan tells (R8).
    /// </summary>
    internal static bool Knows(IReadOnlyCollection<HighWaterMark> marks, SubscriptionReading reading) => reading.Metrics.All(metric =>
        marks.FirstOrDefault(mark => mark.MetricCode == metric.Code && mark.Currency == reading.Currency) is { } mark
        && metric.Charges.All(charge => mark.LastCharges.Any(known => known.ChargeLagoId == charge.ChargeLagoId)));

    /// <summary>Whether the reading shows exactly what is stored, and nothing of it is still to be acted on.</summary>
    public bool Shows(BuyerLink link, SubscriptionReading reading) =>
        Find(reading) is { } period && period.BuyerId == link.BuyerId && period.PeriodEnd == reading.PeriodEnd
        && reading.Metrics.All(metric => _marks[period.Id].FirstOrDefault(mark => mark.MetricCode == metric.Code && mark.Currency == reading.Currency) is { } mark
            && mark.LastTotalMinor == metric.TotalMinor && mark.LastCharges.SequenceEqual(metric.Charges)
            && IsSettled(mark, metric, _atCloseOnly.Contains((link.BuyerId, metric.Code))));

    private static bool IsSettled(HighWaterMark mark, MetricReading metric, bool atCloseOnly) => mark.Hold switch
    {
        HoldReason.Upgrade or HoldReason.Overlap => false, // the older subscription may be closed by now
        not null => true,
        null => mark.ReportAtCloseOnly || (atCloseOnly && !metric.IsProjection) || (!metric.IsProjection && metric.TotalMinor - mark.RefusedMinor <= mark.AmountMinor),
    };

    private BillingPeriod? Find(SubscriptionReading reading) =>
        PeriodMatch.Find([.. _periods[reading.SubscriptionLagoId]], reading.PeriodStart, reading.PeriodEnd);
}
