namespace LagoConsole.Core.Lago;

/// <summary>Root of one invoice.</summary>
public sealed record InvoiceRoot
{
    public required InvoiceResponse Invoice { get; init; }
}

/// <summary>An invoice, read to close a period (R4).</summary>
public sealed record InvoiceResponse
{
    public required string LagoId { get; init; }

    /// <summary><see cref="Finalized"/>, <c>draft</c>, <c>pending</c>, <c>failed</c>, <see cref="Voided"/>, or a value of a newer server.</summary>
    public required string Status { get; init; }

    /// <summary><c>subscription</c>, <c>progressive_billing</c> and others.</summary>
    public string? InvoiceType { get; init; }

    public string? Number { get; init; }

    public string? Currency { get; init; }

    /// <summary>What coupons took off it, minor units; fees are before them.</summary>
    public long? CouponsAmountCents { get; init; }

    /// <summary>Which subscriptions it bills, and why. Empty on servers that do not send it.</summary>
    public IReadOnlyList<BillingPeriodResponse> BillingPeriods { get; init; } = [];

    /// <summary>Must be present: an invoice without fees is a sum of zero.</summary>
    public required IReadOnlyList<FeeResponse> Fees { get; init; }

    public const string Finalized = "finalized";

    public const string Voided = "voided";
}

/// <summary>One subscription on an invoice.</summary>
public sealed record BillingPeriodResponse
{
    public string? LagoSubscriptionId { get; init; }

    public string? ExternalSubscriptionId { get; init; }

    public DateTimeOffset? ChargesFromDatetime { get; init; }

    public DateTimeOffset? ChargesToDatetime { get; init; }

    /// <summary><see cref="Periodic"/> and <see cref="Terminating"/> close a period; <c>progressive_billing</c> and others do not.</summary>
    public string? InvoicingReason { get; init; }

    public const string Periodic = "subscription_periodic";

    public const string Terminating = "subscription_terminating";
}

/// <summary>One line of an invoice.</summary>
public sealed record FeeResponse
{
    public string? LagoId { get; init; }

    public string? LagoChargeId { get; init; }

    public string? LagoSubscriptionId { get; init; }

    public string? ExternalSubscriptionId { get; init; }

    /// <summary>Set on the true-up of a spending minimum: money without usage (T16).</summary>
    public string? LagoTrueUpParentFeeId { get; init; }

    /// <summary>Minor units, before tax; coupons and credits never change it.</summary>
    public required long AmountCents { get; init; }

    public string? AmountCurrency { get; init; }

    /// <summary>Decimal in text.</summary>
    public string? Units { get; init; }

    public bool? PayInAdvance { get; init; }

    public required FeeItemResponse Item { get; init; }
}

/// <summary>What a fee is for.</summary>
public sealed record FeeItemResponse
{
    /// <summary><see cref="Charge"/>, <c>subscription</c>, <c>commitment</c> and others.</summary>
    public required string Type { get; init; }

    /// <summary>For a charge, the code of its billable metric.</summary>
    public string? Code { get; init; }

    public string? Name { get; init; }

    public const string Charge = "charge";
}
