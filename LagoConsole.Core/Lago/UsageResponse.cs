namespace LagoConsole.Core.Lago;

/// <summary>Root of <c>current_usage</c>.</summary>
public sealed record CurrentUsageRoot
{
    public required UsageResponse CustomerUsage { get; init; }
}

/// <summary>Root of one page of <c>past_usage</c>.</summary>
public sealed record PastUsageRoot : ILagoPage<UsageResponse>
{
    public required IReadOnlyList<UsageResponse> UsagePeriods { get; init; }

    public required PageMetaResponse Meta { get; init; }

    IReadOnlyList<UsageResponse> ILagoPage<UsageResponse>.Rows => UsagePeriods;
}

/// <summary>
/// Usage of one subscription: of its running charges period (<c>current_usage</c>), or of one invoice
/// (<c>past_usage</c>, where several invoices can cover the same period, T15).
/// </summary>
/// <remarks>
/// The totals of this level are left out on purpose: in <c>past_usage</c> they are the whole invoice with
/// subscription fees, and adding them to the charges counts twice (T3).
/// </remarks>
public sealed record UsageResponse
{
    /// <summary>Start of the charges period, UTC.</summary>
    public required DateTimeOffset FromDatetime { get; init; }

    /// <summary>Last second of the charges period, UTC, inclusive.</summary>
    public required DateTimeOffset ToDatetime { get; init; }

    /// <summary>The plan's currency; of every amount below.</summary>
    public required string Currency { get; init; }

    /// <summary>The invoice of a past period; null for running usage.</summary>
    public string? LagoInvoiceId { get; init; }

    /// <summary>One entry per charge; several charges can share one billable metric (T2).</summary>
    public required IReadOnlyList<ChargeUsageResponse> ChargesUsage { get; init; }
}

/// <summary>
/// Usage of one charge. Its filters, groups and pricing-unit details are parts or other units of the same
/// amount, not additions to it (T3, T29), so they are not read.
/// </summary>
public sealed record ChargeUsageResponse
{
    /// <summary>Decimal in text with up to 20 places; for display only.</summary>
    public string? Units { get; init; }

    public long? EventsCount { get; init; }

    /// <summary>Minor units, before tax, coupons and credits; never negative.</summary>
    public required long AmountCents { get; init; }

    /// <summary>The same as <see cref="UsageResponse.Currency"/>, where the server sends it.</summary>
    public string? AmountCurrency { get; init; }

    public required UsageChargeResponse Charge { get; init; }

    public required UsageMetricResponse BillableMetric { get; init; }
}

/// <summary>The charge that an amount belongs to.</summary>
public sealed record UsageChargeResponse
{
    public required string LagoId { get; init; }

    /// <summary>Null on servers before it existed.</summary>
    public string? Code { get; init; }

    /// <summary>Such as <c>standard</c> or <c>volume</c>; new values come with new servers.</summary>
    public string? ChargeModel { get; init; }

    public string? InvoiceDisplayName { get; init; }
}

/// <summary>The metric that an amount belongs to.</summary>
public sealed record UsageMetricResponse
{
    public string? LagoId { get; init; }

    public string? Name { get; init; }

    /// <summary>Case-sensitive.</summary>
    public required string Code { get; init; }

    /// <summary>Such as <c>sum_agg</c> or <c>weighted_sum_agg</c>; new values come with new servers.</summary>
    public string? AggregationType { get; init; }
}
