using LagoConsole.Core.HighWater;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Polling;

namespace LagoConsole.Core.Closing;

/// <summary>Asks one Lago for the final totals of ended periods (R4). Lives for one run: what it was told once it does not ask again.</summary>
internal sealed class FinalSearch(LagoClient lago, IReadOnlyList<SubscriptionResponse> subscriptions, bool includeTrueUps, TimeProvider clock)
{
    /// <summary>Without a final invoice for this long after its end, a period of which none can come keeps its last totals.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(48);

    private readonly Dictionary<(string Customer, string Subscription), LagoAnswer<IReadOnlyList<UsageResponse>>> _past = [];
    private readonly Dictionary<string, LagoAnswer<InvoiceResponse>> _invoices = new(StringComparer.Ordinal);
    private LagoAnswer<IReadOnlyList<BillableMetricResponse>>? _metrics;

    /// <param name="readMarks">Reads the period's keys as stored; asked for only where Lago's answer is held against them.</param>
    public async Task<FinalTotal> FindAsync(BillingPeriod period, Func<Task<List<HighWaterMark>>> readMarks, CancellationToken cancellationToken)
    {
        DateTimeOffset readAt = clock.GetUtcNow();
        SubscriptionResponse? subscription = subscriptions.FirstOrDefault(row => row.LagoId == period.SubscriptionLagoId);
        if (await PastUsageAsync(period.LagoCustomerId, period.SubscriptionExternalId, cancellationToken) is not LagoAnswer<IReadOnlyList<UsageResponse>>.Ok past)
        {
            return new FinalTotal.Failed(((LagoAnswer<IReadOnlyList<UsageResponse>>.Failed)_past[(period.LagoCustomerId, period.SubscriptionExternalId)]).Failure);
        }

        string? provisional = null;
        bool isGone = false;
        bool isVoided = false;
        foreach (string invoiceId in FinalInvoice.Candidates(period, past.Value))
        {
            switch (await InvoiceAsync(invoiceId, cancellationToken))
            {
                case LagoAnswer<InvoiceResponse>.Ok { Value: var invoice } when !FinalInvoice.Closes(invoice, period):
                    isVoided |= invoice.Status == InvoiceResponse.Voided && FinalInvoice.IsOf(invoice, period);
                    break;
                case LagoAnswer<InvoiceResponse>.Ok { Value: { Status: InvoiceResponse.Finalized } invoice }:
                    return await ReadAsync(period, subscription, invoice, await readMarks(), readAt, cancellationToken);
                case LagoAnswer<InvoiceResponse>.Ok { Value: var invoice }:
                    provisional = $"Lago's invoice is still {invoice.Status}; its total is read when it is final.";
                    break;
                case LagoAnswer<InvoiceResponse>.Failed { Failure: LagoFailure.NotFound }:
                    isGone = true; // being generated, skipped as zero, or a draft that was deleted: Lago does not say which
                    break;
                case LagoAnswer<InvoiceResponse>.Failed failed:
                    return new FinalTotal.Failed(failed.Failure);
            }
        }

        if (provisional is not null)
        {
            return new FinalTotal.NotYet(provisional);
        }

        if (readAt < period.PeriodEnd + Patience)
        {
            return new FinalTotal.NotYet(isGone
                ? "Lago is still generating the invoice."
                : "Lago has no invoice of this period yet; it is asked again each hour.");
        }

        if (isGone)
        {
            return new FinalTotal.NeverComes("Lago made no invoice of this period, or its draft was deleted: the last totals stand.", readAt);
        }

        if (isVoided)
        {
            return new FinalTotal.NeverComes("Lago's invoice of this period was voided and not made anew: the last totals stand.", readAt);
        }

        List<HighWaterMark> marks = await readMarks();
        bool neverSeen = period.NeverPolled || marks.Count == 0;
        return subscription switch
        {
            { Status: SubscriptionResponse.Terminated, OnTerminationInvoice: "skip" } => new FinalTotal.NeverComes(
                neverSeen
                    ? "The subscription was ended without a final invoice, and no poll saw this period: what was used in it cannot be told. It is not billed."
                    : "The subscription was ended without a final invoice: the last totals stand.",
                readAt),

            // Should one be made after all, the daily look finds it.
            _ when marks.All(mark => mark.LastTotalMinor == 0) => new FinalTotal.NeverComes(
                neverSeen
                    ? "No poll saw this period, and Lago makes no invoice of zero: nothing was used, as far as Lago tells."
                    : "Nothing was used, and Lago makes no invoice of zero.",
                readAt),
            { Status: SubscriptionResponse.Active } => new FinalTotal.NotYet("Lago has no invoice of this period yet; it is asked again each hour."),
            _ => await WithoutSubscriptionAsync(period, subscription, readAt, cancellationToken),
        };
    }

    /// <summary>Lago's id of the final invoice that closes the period now; null where there is none.</summary>
    public async Task<LagoAnswer<string?>> FinalInvoiceOfAsync(BillingPeriod period, CancellationToken cancellationToken)
    {
        switch (await PastUsageAsync(period.LagoCustomerId, period.SubscriptionExternalId, cancellationToken))
        {
            case LagoAnswer<IReadOnlyList<UsageResponse>>.Ok past:
                foreach (string invoiceId in FinalInvoice.Candidates(period, past.Value))
                {
                    switch (await InvoiceAsync(invoiceId, cancellationToken))
                    {
                        case LagoAnswer<InvoiceResponse>.Ok { Value: { Status: InvoiceResponse.Finalized } invoice } when FinalInvoice.Closes(invoice, period):
                            return new LagoAnswer<string?>.Ok(invoiceId);
                        case LagoAnswer<InvoiceResponse>.Failed { Failure: not LagoFailure.NotFound } failed:
                            return new LagoAnswer<string?>.Failed(failed.Failure);
                    }
                }

                return new LagoAnswer<string?>.Ok(null);
            case LagoAnswer<IReadOnlyList<UsageResponse>>.Failed failed:
                return new LagoAnswer<string?>.Failed(failed.Failure);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>What an invoice that is not final yet shows of the period; null where there is none, or Lago does not answer.</summary>
    public async Task<SubscriptionReading?> FindDraftAsync(BillingPeriod period, IReadOnlyList<HighWaterMark> marks, CancellationToken cancellationToken)
    {
        if (await PastUsageAsync(period.LagoCustomerId, period.SubscriptionExternalId, cancellationToken) is not LagoAnswer<IReadOnlyList<UsageResponse>>.Ok past)
        {
            return null;
        }

        SubscriptionResponse? subscription = subscriptions.FirstOrDefault(row => row.LagoId == period.SubscriptionLagoId);
        foreach (string invoiceId in FinalInvoice.Candidates(period, past.Value))
        {
            if (await InvoiceAsync(invoiceId, cancellationToken) is LagoAnswer<InvoiceResponse>.Ok { Value: var invoice } && FinalInvoice.Closes(invoice, period)
                && await ReadAsync(period, subscription, invoice, marks, clock.GetUtcNow(), cancellationToken) is FinalTotal.Invoiced draft)
            {
                return draft.Reading;
            }
        }

        return null;
    }

    /// <summary>What Lago counted of a subscription's earlier periods, newest first.</summary>
    public async Task<LagoAnswer<IReadOnlyList<UsageResponse>>> PastUsageAsync(string customerId, string subscriptionId, CancellationToken cancellationToken)
    {
        if (!_past.TryGetValue((customerId, subscriptionId), out LagoAnswer<IReadOnlyList<UsageResponse>>? answer))
        {
            _past[(customerId, subscriptionId)] = answer = await lago.ListPastUsageAsync(customerId, subscriptionId, cancellationToken);
        }

        return answer;
    }

    public async Task<LagoAnswer<InvoiceResponse>> InvoiceAsync(string invoiceLagoId, CancellationToken cancellationToken)
    {
        if (!_invoices.TryGetValue(invoiceLagoId, out LagoAnswer<InvoiceResponse>? answer))
        {
            _invoices[invoiceLagoId] = answer = await lago.GetInvoiceAsync(invoiceLagoId, cancellationToken);
        }

        return answer;
    }

    /// <summary>A deleted customer takes its past usage out of reach with it.</summary>
    private async Task<FinalTotal> WithoutSubscriptionAsync(
        BillingPeriod period, SubscriptionResponse? subscription, DateTimeOffset readAt, CancellationToken cancellationToken) =>
        await lago.GetCustomerAsync(period.LagoCustomerId, cancellationToken) switch
        {
            LagoAnswer<CustomerResponse>.Failed { Failure: LagoFailure.NotFound } =>
                new FinalTotal.NeverComes("The customer was deleted in Lago, and its invoices cannot be found any more: the last totals stand.", readAt),
            LagoAnswer<CustomerResponse>.Ok { Value: var customer } when subscription?.LagoCustomerId is { } owner && owner != customer.LagoId =>
                new FinalTotal.NeverComes("The customer was deleted in Lago, and another one has its id now: the last totals stand.", readAt),
            LagoAnswer<CustomerResponse>.Failed failed => new FinalTotal.Failed(failed.Failure),
            _ => new FinalTotal.NotYet("Lago has no invoice of this period yet; it is asked again each hour."),
        };

    private async Task<FinalTotal> ReadAsync(
        BillingPeriod period, SubscriptionResponse? subscription, InvoiceResponse invoice, IReadOnlyList<HighWaterMark> marks,
        DateTimeOffset readAt, CancellationToken cancellationToken)
    {
        LagoAnswer<SubscriptionResponse> plan = await lago.GetSubscriptionAsync(
            period.SubscriptionExternalId, subscription?.Status ?? SubscriptionResponse.Terminated, cancellationToken);
        IReadOnlyList<PlanChargeResponse>? charges = null;
        switch (plan)
        {
            case LagoAnswer<SubscriptionResponse>.Ok { Value: { Plan.Charges: { } known } read } when read.LagoId == period.SubscriptionLagoId:
                charges = known;
                break;
            case LagoAnswer<SubscriptionResponse>.Failed { Failure: not LagoFailure.NotFound } failed:
                return new FinalTotal.Failed(failed.Failure);
        }

        // A subscription that replaced another, or was replaced, shares its recurring units with it (T7).
        bool isUpgrade = subscription is { PreviousPlanCode: not null, StartedAt: { } started }
            && (started - period.PeriodStart).Duration() <= PeriodSuccession.Rounding;
        bool isUpgraded = period.EndedEarly && subscription?.NextPlanCode is not null;
        HashSet<string> recurring = new(StringComparer.Ordinal);
        if (isUpgrade || isUpgraded)
        {
            switch (_metrics ??= await lago.ListBillableMetricsAsync(cancellationToken))
            {
                case LagoAnswer<IReadOnlyList<BillableMetricResponse>>.Ok ok:
                    recurring.UnionWith(ok.Value.Where(metric => metric.Recurring == true).Select(metric => metric.Code));
                    break;
                case LagoAnswer<IReadOnlyList<BillableMetricResponse>>.Failed failed:
                    _metrics = null;
                    return new FinalTotal.Failed(failed.Failure);
            }
        }

        // A prorated unit has its share of each subscription's own time on each one's invoice: nothing is carried over.
        HashSet<string> prorated = new(
            charges?.Where(charge => charge.Prorated == true).Select(charge => charge.BillableMetricCode) ?? [], StringComparer.Ordinal);
        string currency = invoice.Currency ?? period.Currency;
        Dictionary<string, HighWaterMark> keys = marks.Where(mark => mark.Currency == currency)
            .ToDictionary(mark => mark.MetricCode, StringComparer.Ordinal);
        IReadOnlyList<MetricReading> totals = FinalInvoice.Totals(
            invoice, period, charges, [.. keys.Values.Select(mark => new KeyAtClose(mark.MetricCode, mark.AmountMinor, mark.LastCharges))], includeTrueUps);

        // Recurring units that the next plan prices too are on its invoice, in full: here the last total stands, and that one starts from it.
        totals =
        [
            .. totals.Select(total => isUpgraded && (total.TotalMinor == 0 || total.Hold is not null) && recurring.Contains(total.Code)
                    && keys.GetValueOrDefault(total.Code) is { ReportAtCloseOnly: false } last
                    ? total with { TotalMinor = last.LastTotalMinor, Charges = last.LastCharges, Hold = null }
                    : total)
                .Select(total => total with { IsRecurring = recurring.Contains(total.Code) && !prorated.Contains(total.Code) }),
        ];
        SubscriptionReading reading = new(
            period.SubscriptionLagoId, period.SubscriptionExternalId, period.LagoCustomerId, period.PeriodStart, period.PeriodEnd,
            currency, readAt, SnapshotSource.Close, totals)
        { IsUpgrade = isUpgrade };
        return new FinalTotal.Invoiced(
            invoice.LagoId,
            reading,
            invoice.CouponsAmountCents);
    }
}
