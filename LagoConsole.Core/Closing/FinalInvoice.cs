using LagoConsole.Core.Lago;
using LagoConsole.Core.Polling;

namespace LagoConsole.Core.Closing;

/// <summary>Finds the invoices that may hold a period's final total, and reads the total from one (R4). Pure.</summary>
public static class FinalInvoice
{
    /// <summary>
    /// Invoices of the elements of <c>past_usage</c> that cover this period. Several can: progressive, voided and
    /// regenerated ones, upgrade twins (T15); zero-length elements are openings, not periods.
    /// </summary>
    public static IReadOnlyList<string> Candidates(BillingPeriod period, IEnumerable<UsageResponse> pastUsage) =>
    [
        .. pastUsage
            .Where(element => element.LagoInvoiceId is not null
                && Covers(element.FromDatetime, UsageReader.ExclusiveEnd(element.ToDatetime), period))
            .Select(element => element.LagoInvoiceId!)
            .Distinct(StringComparer.Ordinal),
    ];

    /// <summary>Whether this invoice closes the subscription's period: a periodic or terminating one of that span, not voided.</summary>
    public static bool Closes(InvoiceResponse invoice, BillingPeriod period) =>
        invoice.Status != InvoiceResponse.Voided
        && invoice.BillingPeriods.Any(row => row.LagoSubscriptionId == period.SubscriptionLagoId
            && row.InvoicingReason is BillingPeriodResponse.Periodic or BillingPeriodResponse.Terminating
            && (row.ChargesFromDatetime is not { } from || row.ChargesToDatetime is not { } to || Covers(from, UsageReader.ExclusiveEnd(to), period)));

    /// <summary>
    /// Whether a span is this period's and not its neighbour's: more than half of the span lies in it. Ends alone do not tell:
    /// a subscription that ends on the first day of a month leaves two periods whose ends are a day apart (T6, T15).
    /// </summary>
    private static bool Covers(DateTimeOffset from, DateTimeOffset end, BillingPeriod period)
    {
        DateTimeOffset sharedFrom = from > period.PeriodStart ? from : period.PeriodStart;
        DateTimeOffset sharedEnd = end < period.PeriodEnd ? end : period.PeriodEnd;
        return end - from > TimeSpan.FromSeconds(1) && (sharedEnd - sharedFrom) * 2 > end - from;
    }

    /// <summary>
    /// The final total per metric code: arrears fees of this subscription, true-ups left out (T16), plus the last running
    /// amounts of pay-in-advance charges, which are in the mark but on no final invoice (T17).
    /// </summary>
    /// <param name="payInAdvance">Lago ids of the plan's pay-in-advance charges.</param>
    /// <param name="lastCharges">Metric code and charges as last seen in <c>current_usage</c>.</param>
    /// <exception cref="OverflowException">A sum does not fit a <see cref="long"/>.</exception>
    public static IReadOnlyList<MetricReading> Totals(
        InvoiceResponse invoice, BillingPeriod period, IReadOnlySet<string> payInAdvance,
        IEnumerable<(string MetricCode, IReadOnlyList<ChargeAmount> Charges)> lastCharges)
    {
        IEnumerable<(string Code, string Name, ChargeAmount Charge)> arrears = invoice.Fees
            .Where(fee => fee.Item.Type == FeeItemResponse.Charge && fee.Item.Code is not null
                && fee.LagoTrueUpParentFeeId is null && fee.PayInAdvance != true
                && (fee.LagoSubscriptionId is null ? fee.ExternalSubscriptionId == period.SubscriptionExternalId : fee.LagoSubscriptionId == period.SubscriptionLagoId))
            .Select(fee => (fee.Item.Code!, fee.Item.Name ?? fee.Item.Code!, new ChargeAmount(fee.LagoChargeId ?? "", "", fee.AmountCents)));
        IEnumerable<(string Code, string Name, ChargeAmount Charge)> advance = lastCharges
            .SelectMany(metric => metric.Charges, (metric, charge) => (metric.MetricCode, metric.MetricCode, charge))
            .Where(part => payInAdvance.Contains(part.charge.ChargeLagoId));

        return
        [
            .. arrears.Concat(advance)
                .GroupBy(part => part.Code, StringComparer.Ordinal)
                .Select(ofMetric => new MetricReading(
                    ofMetric.Key, ofMetric.First().Name, IsProjection: false,
                    ofMetric.Aggregate(0L, (sum, part) => checked(sum + part.Charge.AmountMinor)),
                    [.. ofMetric.Select(part => part.Charge)])),
        ];
    }
}
