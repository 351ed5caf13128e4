namespace LagoConsole.Sandbox.Lago;

/// <summary>Current usage, past usage and invoices as Lago sends them.</summary>
internal static class LagoUsageJson
{
    public static object Current(LagoState state, LagoSubscription subscription, LagoPeriod period, IReadOnlyList<ChargeUsage> usage)
    {
        LagoPlan plan = state.Plans[subscription.PlanCode];
        long total = usage.Sum(line => line.AmountCents);
        return new
        {
            FromDatetime = LagoText.Seconds(period.From),
            ToDatetime = LagoText.Seconds(period.ToInclusive),
            IssuingDate = LagoText.Date(DateOnly.FromDateTime(period.ToInclusive.UtcDateTime)),
            plan.Currency,
            AmountCents = total,
            TotalAmountCents = total, // the sandbox knows no taxes
            TaxesAmountCents = 0,
            LagoInvoiceId = (Guid?)null,
            ChargesUsage = usage.Select(line => Line(state, plan, line, line.Units, line.AmountCents)).ToArray(),
        };
    }

    /// <summary>An element of past usage: an invoice seen from one subscription, its total being the whole invoice's.</summary>
    public static object Past(LagoState state, LagoInvoice invoice, LagoInvoicePeriod row) => new
    {
        FromDatetime = LagoText.Seconds(row.Period.From),
        ToDatetime = LagoText.Seconds(row.Period.ToInclusive),
        IssuingDate = LagoText.Date(invoice.IssuingDate),
        invoice.Currency,
        AmountCents = invoice.FeesCents,
        TotalAmountCents = invoice.FeesCents - invoice.CouponsCents,
        TaxesAmountCents = 0,
        LagoInvoiceId = invoice.LagoId,
        ChargesUsage = Charges(state, invoice, row.Subscription.ExternalId),
    };

    public static object Invoice(LagoState state, LagoInvoice invoice) => new
    {
        invoice.LagoId,
        BillingEntityCode = "default",
        invoice.SequentialId,
        Number = $"SAN-0001-{invoice.Customer.SequentialId:000}-{invoice.SequentialId:000}",
        IssuingDate = LagoText.Date(invoice.IssuingDate),
        PaymentDueDate = LagoText.Date(invoice.IssuingDate),
        NetPaymentTerm = 0,
        InvoiceType = "subscription",
        Status = invoice.IsVoided ? "voided" : invoice.IsFinal ? "finalized" : "draft",
        PaymentStatus = "pending",
        PaymentOverdue = false,
        invoice.Currency,
        FeesAmountCents = invoice.FeesCents,
        CouponsAmountCents = invoice.CouponsCents,
        CreditNotesAmountCents = 0,
        PrepaidCreditAmountCents = 0,
        ProgressiveBillingCreditAmountCents = 0,
        SubTotalExcludingTaxesAmountCents = invoice.FeesCents - invoice.CouponsCents,
        TaxesAmountCents = 0,
        SubTotalIncludingTaxesAmountCents = invoice.FeesCents - invoice.CouponsCents,
        TotalAmountCents = invoice.FeesCents - invoice.CouponsCents,
        VersionNumber = 4,
        CreatedAt = LagoText.Seconds(invoice.CreatedAt),
        UpdatedAt = LagoText.Seconds(invoice.CreatedAt),
        Customer = LagoJson.Customer(invoice.Customer),
        BillingPeriods = invoice.Periods.Select(row => Period(state, row)).ToArray(),
        Subscriptions = invoice.Periods.Select(row => LagoJson.Subscription(state, row.Subscription)).ToArray(),
        Fees = invoice.Fees.Select(fee => Fee(state, invoice, fee)).ToArray(),
        Credits = Array.Empty<object>(),
        Metadata = Array.Empty<object>(),
        AppliedTaxes = Array.Empty<object>(),
        ErrorDetails = Array.Empty<object>(),
    };

    // Charge fees of the invoice, matched by external id; a true-up adds its money and one unit to its charge.
    private static object[] Charges(LagoState state, LagoInvoice invoice, string externalId) =>
    [
        .. invoice.Fees
            .Where(fee => fee.Usage is not null && fee.Subscription.ExternalId == externalId)
            .GroupBy(fee => (fee.Subscription, fee.Usage!.Charge.Code))
            .Select(fees => Line(
                state, state.Plans[fees.Key.Subscription.PlanCode], fees.First().Usage!, fees.Sum(fee => fee.Units), fees.Sum(fee => fee.AmountCents))),
    ];

    private static object Line(LagoState state, LagoPlan plan, ChargeUsage line, decimal units, long amountCents) => new
    {
        Units = LagoText.Units(units),
        TotalAggregatedUnits = LagoText.Units(units),
        EventsCount = line.Events,
        AmountCents = amountCents,
        AmountCurrency = plan.Currency,
        PricingUnitDetails = (object?)null,
        Charge = new
        {
            LagoId = LagoJson.ChargeId(state, plan.Code, line.Charge),
            line.Charge.Code,
            ChargeModel = LagoText.Snake(line.Charge.Model),
            line.Charge.InvoiceDisplayName,
        },
        BillableMetric = new
        {
            LagoId = state.IdOf("metric", line.Metric.Code),
            line.Metric.Name,
            line.Metric.Code,
            AggregationType = LagoText.Aggregation(line.Metric.Aggregation),
        },
        Filters = Array.Empty<object>(),
        GroupedUsage = Array.Empty<object>(),
        PresentationBreakdowns = Array.Empty<object>(),
    };

    private static object Period(LagoState state, LagoInvoicePeriod row) => new
    {
        LagoSubscriptionId = row.Subscription.LagoId,
        ExternalSubscriptionId = row.Subscription.ExternalId,
        LagoPlanId = state.IdOf("plan", row.Subscription.PlanCode),
        SubscriptionFromDatetime = LagoText.Seconds(row.Period.From),
        SubscriptionToDatetime = LagoText.Seconds(row.Period.ToInclusive),
        ChargesFromDatetime = LagoText.Seconds(row.Period.From),
        ChargesToDatetime = LagoText.Seconds(row.Period.ToInclusive),
        InvoicingReason = row.Reason,
    };

    private static object Fee(LagoState state, LagoInvoice invoice, LagoFee fee) => new
    {
        fee.LagoId,
        LagoChargeId = fee.Usage is { } usage ? LagoJson.ChargeId(state, fee.Subscription.PlanCode, usage.Charge) : (Guid?)null,
        LagoInvoiceId = invoice.LagoId,
        LagoTrueUpFeeId = (Guid?)null,
        LagoTrueUpParentFeeId = fee.TrueUpParentId,
        LagoSubscriptionId = fee.Subscription.LagoId,
        ExternalSubscriptionId = fee.Subscription.ExternalId,
        ExternalCustomerId = fee.Subscription.Customer.ExternalId,
        fee.AmountCents,
        AmountCurrency = invoice.Currency,
        PreciseCouponsAmountCents = LagoText.Units(fee.CouponCents),
        TaxesAmountCents = 0,
        TaxesRate = 0,
        TotalAmountCents = fee.AmountCents,
        TotalAmountCurrency = invoice.Currency,
        SubTotalExcludingTaxesAmountCents = (long)decimal.Round(fee.AmountCents - fee.CouponCents, 0, MidpointRounding.AwayFromZero),
        SubTotalExcludingTaxesPreciseAmountCents = LagoText.Units(fee.AmountCents - fee.CouponCents),
        Units = LagoText.Units(fee.Units),
        TotalAggregatedUnits = LagoText.Units(fee.Units),
        PreciseUnitAmount = LagoText.Units(fee.Units <= 0 ? 0 : (decimal)fee.AmountCents / LagoCurrency.MinorPerMajor(invoice.Currency) / fee.Units),
        EventsCount = fee.Usage?.Events,
        PayInAdvance = false,
        Invoiceable = true,
        PaymentStatus = "pending",
        CreatedAt = LagoText.Seconds(invoice.CreatedAt),
        Item = new
        {
            Type = fee.Usage is null ? "subscription" : "charge",
            Code = fee.Usage?.Metric.Code ?? fee.Subscription.PlanCode,
            Name = fee.Usage?.Metric.Name ?? state.Plans[fee.Subscription.PlanCode].Name,
            LagoItemId = fee.Usage is null ? fee.Subscription.LagoId : state.IdOf("metric", fee.Usage.Metric.Code),
            ItemType = fee.Usage is null ? "Subscription" : "BillableMetric",
        },
    };
}
