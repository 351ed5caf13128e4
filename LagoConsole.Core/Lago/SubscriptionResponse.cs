namespace LagoConsole.Core.Lago;

/// <summary>Root of one subscription.</summary>
public sealed record SubscriptionRoot
{
    public required SubscriptionResponse Subscription { get; init; }
}

/// <summary>Root of one page of subscriptions.</summary>
public sealed record SubscriptionsRoot : ILagoPage<SubscriptionResponse>
{
    public required IReadOnlyList<SubscriptionResponse> Subscriptions { get; init; }

    public required PageMetaResponse Meta { get; init; }

    IReadOnlyList<SubscriptionResponse> ILagoPage<SubscriptionResponse>.Rows => Subscriptions;
}

/// <summary>A subscription of a customer to a plan.</summary>
public sealed record SubscriptionResponse
{
    /// <summary>The only stable identity: an upgrade makes a new one under the same external id (T7).</summary>
    public required string LagoId { get; init; }

    public required string ExternalId { get; init; }

    public required string ExternalCustomerId { get; init; }

    public string? LagoCustomerId { get; init; }

    public string? Name { get; init; }

    /// <summary><see cref="Active"/>, <see cref="Terminated"/>, or a value of a newer server.</summary>
    public required string Status { get; init; }

    public string? PlanCode { get; init; }

    public string? PlanAmountCurrency { get; init; }

    /// <summary><c>calendar</c> or <c>anniversary</c>.</summary>
    public string? BillingTime { get; init; }

    /// <summary>Has milliseconds on some servers: compare as an instant.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? SubscriptionAt { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? EndingAt { get; init; }

    public DateTimeOffset? TerminatedAt { get; init; }

    /// <summary>Start of the charges period, as <c>current_usage</c> has it (T8). Meaningless once terminated.</summary>
    public DateTimeOffset? CurrentBillingPeriodStartedAt { get; init; }

    /// <summary>End of the charges period, inclusive. Meaningless once terminated.</summary>
    public DateTimeOffset? CurrentBillingPeriodEndingAt { get; init; }

    public string? PreviousPlanCode { get; init; }

    public string? NextPlanCode { get; init; }

    /// <summary><c>generate</c> or <c>skip</c>; after <c>skip</c> no final invoice comes (R4).</summary>
    public string? OnTerminationInvoice { get; init; }

    /// <summary>Only with a single subscription, never in lists.</summary>
    public PlanResponse? Plan { get; init; }

    public const string Active = "active";

    public const string Terminated = "terminated";
}

/// <summary>The plan of a subscription, with the subscription's own overrides.</summary>
public sealed record PlanResponse
{
    public string? Code { get; init; }

    /// <summary><c>weekly</c>, <c>monthly</c>, <c>quarterly</c>, <c>semiannual</c> or <c>yearly</c>; null for a product-catalog plan.</summary>
    public string? Interval { get; init; }

    public bool? BillChargesMonthly { get; init; }

    public IReadOnlyList<PlanChargeResponse>? Charges { get; init; }
}

/// <summary>A usage charge of a plan. A flag that an older server does not send is null.</summary>
public sealed record PlanChargeResponse
{
    public required string LagoId { get; init; }

    public required string BillableMetricCode { get; init; }

    public string? ChargeModel { get; init; }

    /// <summary>Such a charge is missing from the invoice that closes the period (T17).</summary>
    public bool? PayInAdvance { get; init; }

    public bool? Invoiceable { get; init; }

    /// <summary>A prorated charge shows the whole period's amount early (T11, R8).</summary>
    public bool? Prorated { get; init; }

    /// <summary>Spending minimum in minor units; above zero, invoices carry a true-up fee (T16).</summary>
    public long? MinAmountCents { get; init; }
}
