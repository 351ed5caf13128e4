namespace LagoConsole.Sandbox.Lago;

/// <summary>A line of an invoice.</summary>
/// <param name="LagoId">Its id.</param>
/// <param name="Subscription">Whose fee.</param>
/// <param name="Usage">The charge's usage; null for a subscription fee.</param>
/// <param name="AmountCents">Minor units, before coupons.</param>
/// <param name="Units">Units priced; 1 for a subscription fee and for a true-up.</param>
/// <param name="TrueUpParentId">Set on a true-up: the fee it lifts to the charge's minimum.</param>
public sealed record LagoFee(
    Guid LagoId, LagoSubscription Subscription, ChargeUsage? Usage, long AmountCents, decimal Units, Guid? TrueUpParentId = null)
{
    /// <summary>The part of the invoice's coupons that falls on this fee; the amount stays gross.</summary>
    public decimal CouponCents { get; init; }
}

/// <summary>Links an invoice and a subscription: one element of past usage.</summary>
/// <param name="Subscription">The subscription.</param>
/// <param name="Period">Its usage period; of no length for the opening of a plan that is paid in advance.</param>
/// <param name="Reason"><c>subscription_periodic</c>, <c>subscription_terminating</c> or <c>subscription_starting</c>.</param>
public sealed record LagoInvoicePeriod(LagoSubscription Subscription, LagoPeriod Period, string Reason);

/// <summary>An invoice. Its sums are taken when it is issued and, if it was a draft, once more when it is finalized.</summary>
public sealed class LagoInvoice
{
    /// <summary>Its id.</summary>
    public required Guid LagoId { get; init; }

    /// <summary>1, 2, 3 … per customer.</summary>
    public required int SequentialId { get; init; }

    /// <summary>Who pays.</summary>
    public required LagoCustomer Customer { get; init; }

    /// <summary>ISO code.</summary>
    public required string Currency { get; init; }

    /// <summary>When the biller made it.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The local date it bears.</summary>
    public required DateOnly IssuingDate { get; init; }

    /// <summary>The subscriptions and periods on it.</summary>
    public required IReadOnlyList<LagoInvoicePeriod> Periods { get; init; }

    /// <summary>UTC date on which a draft becomes final; null if it was final at once.</summary>
    public DateOnly? FinalizesOn { get; init; }

    /// <summary>False while a draft.</summary>
    public bool IsFinal { get; set; }

    /// <summary>It counts no more; another one may have been made instead.</summary>
    public bool IsVoided { get; set; }

    /// <summary>Its lines.</summary>
    public IReadOnlyList<LagoFee> Fees { get; set; } = [];

    /// <summary>What coupons took off, minor units.</summary>
    public long CouponsCents { get; set; }

    /// <summary>Sum of the lines before coupons, minor units.</summary>
    public long FeesCents => Fees.Sum(fee => fee.AmountCents);
}
