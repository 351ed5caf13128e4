namespace LagoConsole.Core.Lago;

/// <summary>Root of one page of applied coupons.</summary>
public sealed record AppliedCouponsRoot : ILagoPage<AppliedCouponResponse>
{
    public required IReadOnlyList<AppliedCouponResponse> AppliedCoupons { get; init; }

    public required PageMetaResponse Meta { get; init; }

    IReadOnlyList<AppliedCouponResponse> ILagoPage<AppliedCouponResponse>.Rows => AppliedCoupons;
}

/// <summary>A coupon that a customer was granted. It lowers Lago's invoices and no usage total; how much is for Lago to say.</summary>
public sealed record AppliedCouponResponse
{
    public required string LagoId { get; init; }

    public required string ExternalCustomerId { get; init; }

    /// <summary>Lago's own id of the customer: an external id can be reused after a deletion.</summary>
    public string? LagoCustomerId { get; init; }

    /// <summary><see cref="Active"/>, or <c>terminated</c> once it is used up or taken away.</summary>
    public required string Status { get; init; }

    public const string Active = "active";
}
