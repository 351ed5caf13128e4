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

    private KnownUsage(ILookup<string, BillingPeriod> periods, ILookup<Guid, HighWaterMark> marks)
    {
        _periods = periods;
        _marks = marks;
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
        return new KnownUsage(
            periods.ToLookup(period => period.SubscriptionLagoId, StringComparer.Ordinal), marks.ToLookup(mark => mark.PeriodId));
    }

    /// <summary>Whether a poll has seen this period before, as far as is known here.</summary>
    public bool HasPeriodOf(SubscriptionReading reading) => Find(reading) is not null;

    /// <summary>Whether the reading shows exactly what is stored, and nothing of it is still to be acted on.</summary>
    public bool Shows(BuyerLink link, SubscriptionReading reading) =>
        Find(reading) is { } period && period.BuyerId == link.BuyerId && period.PeriodEnd == reading.PeriodEnd
        && reading.Metrics.All(metric => _marks[period.Id].FirstOrDefault(mark => mark.MetricCode == metric.Code && mark.Currency == reading.Currency) is { } mark
            && mark.LastTotalMinor == metric.TotalMinor && mark.LastCharges.SequenceEqual(metric.Charges) && IsSettled(mark, metric));

    private static bool IsSettled(HighWaterMark mark, MetricReading metric) => mark.Hold switch
    {
        HoldReason.Upgrade or HoldReason.Overlap => false, // the older subscription may be closed by now
        not null => true,
        null => mark.ReportAtCloseOnly || (!metric.IsProjection && metric.TotalMinor - mark.RefusedMinor <= mark.AmountMinor),
    };

    private BillingPeriod? Find(SubscriptionReading reading) =>
        PeriodMatch.Find([.. _periods[reading.SubscriptionLagoId]], reading.PeriodStart, reading.PeriodEnd);
}
