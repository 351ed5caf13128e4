using LagoConsole.Core.HighWater;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Polling;

namespace LagoConsole.Core.Closing;

/// <summary>A key of a period that is being closed, in the invoice's currency.</summary>
/// <param name="LastCharges">What each charge had in the last running total.</param>
public sealed record KeyAtClose(string MetricCode, long MarkMinor, IReadOnlyList<ChargeAmount> LastCharges);

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
        invoice.Status != InvoiceResponse.Voided && IsOf(invoice, period);

    /// <summary>Whether this invoice is or was the one that closes the period.</summary>
    public static bool IsOf(InvoiceResponse invoice, BillingPeriod period) => ClosingRows(invoice, period.SubscriptionLagoId)
        .Any(row => row.ChargesFromDatetime is not { } from || row.ChargesToDatetime is not { } to
            || Covers(from, UsageReader.ExclusiveEnd(to), period));

    /// <summary>What of an invoice closes periods of this subscription. Progressive ones and openings do not (T15).</summary>
    public static IEnumerable<BillingPeriodResponse> ClosingRows(InvoiceResponse invoice, string subscriptionLagoId) => invoice.BillingPeriods
        .Where(row => row.LagoSubscriptionId == subscriptionLagoId
            && row.InvoicingReason is BillingPeriodResponse.Periodic or BillingPeriodResponse.Terminating);

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
    /// The final total per metric code: arrears fees of this subscription, plus the last running amounts of pay-in-advance
    /// charges, which are in the mark but on no final invoice (T17). A key without a fee came to zero. Where the part paid in
    /// advance cannot be told, the code is held (R4).
    /// </summary>
    /// <param name="charges">The plan's charges; null where the plan can no longer be read.</param>
    /// <param name="keys">The period's keys.</param>
    /// <param name="includeTrueUps">Spending minimums are reported too (T16).</param>
    /// <exception cref="OverflowException">A sum does not fit a <see cref="long"/>.</exception>
    public static IReadOnlyList<MetricReading> Totals(
        InvoiceResponse invoice, BillingPeriod period, IReadOnlyList<PlanChargeResponse>? charges, IReadOnlyList<KeyAtClose> keys, bool includeTrueUps)
    {
        ILookup<string, FeeResponse> fees = invoice.Fees
            .Where(fee => fee.Item.Type == FeeItemResponse.Charge && fee.Item.Code is not null
                && (includeTrueUps || fee.LagoTrueUpParentFeeId is null) && fee.PayInAdvance != true
                && (fee.LagoSubscriptionId is null ? fee.ExternalSubscriptionId == period.SubscriptionExternalId : fee.LagoSubscriptionId == period.SubscriptionLagoId))
            .ToLookup(fee => fee.Item.Code!, StringComparer.Ordinal);
        ILookup<string, string>? advance = charges?.Where(charge => charge.PayInAdvance == true)
            .ToLookup(charge => charge.BillableMetricCode, charge => charge.LagoId, StringComparer.Ordinal);
        IEnumerable<string> codes = fees.Select(ofMetric => ofMetric.Key)
            .Concat(keys.Select(key => key.MetricCode))
            .Concat(advance?.Select(ofMetric => ofMetric.Key) ?? [])
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return
        [
            .. codes.Select(code => Total(
                code, [.. fees[code]], keys.SingleOrDefault(key => key.MetricCode == code), advance?[code].ToHashSet(StringComparer.Ordinal), period.NeverPolled)),
        ];
    }

    private static MetricReading Total(
        string code, IReadOnlyList<FeeResponse> fees, KeyAtClose? key, HashSet<string>? advance, bool neverPolled)
    {
        HashSet<string?> invoiced = [.. fees.Select(fee => fee.LagoChargeId)];
        List<ChargeAmount> parts = [.. fees.Select(fee => new ChargeAmount(fee.LagoChargeId ?? "", "", fee.AmountCents))];
        IEnumerable<ChargeAmount> notInvoiced = (key?.LastCharges ?? []).Where(charge => !invoiced.Contains(charge.ChargeLagoId) && charge.AmountMinor > 0);

        // Without the plan, a charge that was counted and is not on the invoice may have been paid in advance, or have fallen to zero.
        parts.AddRange(notInvoiced.Where(charge => advance?.Contains(charge.ChargeLagoId) ?? true));
        long total = parts.Aggregate(0L, (sum, part) => checked(sum + part.AmountMinor));
        bool unseen = neverPolled || key is null;
        bool isUnknown = advance is null
            ? unseen || (notInvoiced.Any() && total > key!.MarkMinor)
            : unseen && advance.Count > 0;
        return new MetricReading(code, fees.Count > 0 ? fees[0].Item.Name ?? code : code, IsProjection: false, total, parts)
        {
            Hold = isUnknown ? HoldReason.PayInAdvanceUnknown : null,
        };
    }
}
