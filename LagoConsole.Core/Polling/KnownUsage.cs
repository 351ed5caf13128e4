using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Polling;

/// <summary>
/// What is known of some customers' open periods, read at once before they are polled: an answer that shows nothing else
/// costs no transaction. It may be older than the database; to leave out what an older look has seen already is always right.
/// </summary>
internal sealed class KnownUsage
{
    private readonly ILookup<string, BillingPeriod> _periods;
    private readonly ILookup<Guid, string> _atCloseOnly;

    private KnownUsage(ILookup<string, BillingPeriod> periods, ILookup<Guid, string> atCloseOnly)
    {
        _periods = periods;
        _atCloseOnly = atCloseOnly;
    }

    /// <summary>Of periods alone: what their keys have come to is in <see cref="BillingPeriod.SettledDigest"/>.</summary>
    public static async Task<KnownUsage> LoadAsync(
        IDbContextFactory<LagoConsoleDbContext> contexts, Guid integrationId, IEnumerable<BuyerLink> links, CancellationToken cancellationToken)
    {
        List<Guid> buyers = [.. links.Select(link => link.BuyerId)];
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        List<BillingPeriod> periods = await db.BillingPeriods.AsNoTracking()
            .Where(period => buyers.Contains(period.BuyerId) && period.State == BillingPeriodState.Open) // by index: not by all that is open
            .ToListAsync(cancellationToken);
        var chosen = await db.DimensionConversions.Where(conversion => conversion.ReportAtCloseOnly)
            .Select(conversion => new { conversion.ProductId, conversion.MetricCode }).ToListAsync(cancellationToken);
        var entitlements = chosen.Count == 0
            ? []
            : await db.Entitlements.Where(entitlement => buyers.Contains(entitlement.BuyerId))
                .Select(entitlement => new { entitlement.BuyerId, entitlement.ProductId }).ToListAsync(cancellationToken);
        var atCloseOnly = chosen.Join(
            entitlements, conversion => conversion.ProductId, entitlement => entitlement.ProductId,
            (conversion, entitlement) => new { entitlement.BuyerId, conversion.MetricCode });
        return new KnownUsage(
            periods.Where(period => period.IntegrationId == integrationId && !period.NeverPolled).ToLookup(period => period.SubscriptionLagoId, StringComparer.Ordinal),
            atCloseOnly.ToLookup(row => row.BuyerId, row => row.MetricCode));
    }

    /// <summary>Whether the last poll saw exactly the metrics and charges of the reading in its period.</summary>
    public bool Knows(SubscriptionReading reading) =>
        Find(reading) is { ShapeDigest: { } shape } && shape.AsSpan().SequenceEqual(ReadingDigest.OfShape(reading));

    /// <summary>
    /// Whether these keys of the reading's period have every metric and charge of it. What appears within a period (a charge
    /// added to the plan; a server that leaves zeros out) may be prorated, which only the plan tells (R8).
    /// </summary>
    internal static bool Knows(IReadOnlyCollection<HighWaterMark> marks, SubscriptionReading reading) => reading.Metrics.All(metric =>
        marks.FirstOrDefault(mark => mark.MetricCode == metric.Code && mark.Currency == reading.Currency) is { } mark
        && metric.Charges.All(charge => mark.LastCharges.Any(known => known.ChargeLagoId == charge.ChargeLagoId)));

    /// <summary>Whether the reading shows exactly what was stored last, and nothing of it is still to be acted on.</summary>
    public bool Shows(BuyerLink link, SubscriptionReading reading) =>
        Find(reading) is { SettledDigest: { } settled } period
        && period.BuyerId == link.BuyerId
        && settled.AsSpan().SequenceEqual(ReadingDigest.Of(reading, code => _atCloseOnly[link.BuyerId].Contains(code, StringComparer.Ordinal)));

    /// <summary>
    /// Whether an answer is the one that showed what was stored last, to the byte, and nothing of that is still to be acted on: it need
    /// not be read. What a person chose of a metric is no part of an answer, so where there is such a choice each is read.
    /// </summary>
    /// <param name="listed">The subscription that was asked about, as the list shows it now.</param>
    public bool ShowsAgain(BuyerLink link, SubscriptionResponse listed, CurrentUsageText answer) =>
        !_atCloseOnly[link.BuyerId].Any()
        && _periods[listed.LagoId].Any(period => period is { SettledDigest: not null, AnswerDigest: { } last }
            && period.BuyerId == link.BuyerId
            && UsageReader.IsSamePeriod(listed, period.PeriodStart)
            && last.AsSpan().SequenceEqual(answer.Digest));

    /// <summary>Whether the next look has nothing to do at a key of which Lago shows the same again.</summary>
    /// <param name="mark">Of the metric, after the reading was written.</param>
    /// <param name="atCloseOnly">A person chose for the metric that it is billed at the period's close only (R8).</param>
    internal static bool IsSettled(HighWaterMark mark, MetricReading metric, bool atCloseOnly) => mark.Hold switch
    {
        HoldReason.Upgrade or HoldReason.Overlap => false, // the older subscription may be closed by now
        not null => true,
        null => mark.ReportAtCloseOnly || (atCloseOnly && !metric.IsProjection) || (!metric.IsProjection && metric.TotalMinor - mark.RefusedMinor <= mark.AmountMinor),
    };

    private BillingPeriod? Find(SubscriptionReading reading) =>
        PeriodMatch.Find([.. _periods[reading.SubscriptionLagoId]], reading.PeriodStart, reading.PeriodEnd);
}
