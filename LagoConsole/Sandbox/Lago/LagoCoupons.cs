namespace LagoConsole.Sandbox.Lago;

/// <summary>A coupon that a customer was granted: Lago's <i>applied coupon</i>.</summary>
public sealed class LagoAppliedCoupon
{
    /// <summary>Its id.</summary>
    public required Guid LagoId { get; init; }

    /// <summary>Who has it.</summary>
    public required LagoCustomer Customer { get; init; }

    /// <summary>The coupon's code.</summary>
    public required string Code { get; init; }

    /// <summary>What it was worth, minor units of the invoices' currency.</summary>
    public required long AmountCents { get; init; }

    /// <summary>When it was granted.</summary>
    public required DateTimeOffset GrantedAt { get; init; }

    /// <summary>What is left of it; at zero it is terminated.</summary>
    public required long LeftCents { get; set; }
}

/// <summary>Customers' coupons. They lower invoices, never usage; the one that was granted first is used up first.</summary>
internal sealed class LagoCoupons
{
    private readonly List<LagoAppliedCoupon> _granted = [];

    /// <summary>All that were ever granted, oldest first.</summary>
    public IReadOnlyList<LagoAppliedCoupon> Granted => _granted;

    public void Grant(LagoAppliedCoupon coupon) => _granted.Add(coupon);

    public long LeftCents(LagoCustomer customer) => Of(customer).Sum(coupon => coupon.LeftCents);

    /// <summary>Takes coupons off an invoice; a draft only shows what they would take.</summary>
    public void ApplyTo(LagoInvoice invoice)
    {
        long off = Math.Min(LeftCents(invoice.Customer), invoice.FeesCents);
        invoice.CouponsCents = off;
        invoice.Fees = [.. invoice.Fees.Select(fee => fee with { CouponCents = off == 0 ? 0 : (decimal)off * fee.AmountCents / invoice.FeesCents })];
        if (!invoice.IsFinal)
        {
            return;
        }

        foreach (LagoAppliedCoupon coupon in Of(invoice.Customer))
        {
            long used = Math.Min(coupon.LeftCents, off);
            coupon.LeftCents -= used;
            off -= used;
        }
    }

    private IEnumerable<LagoAppliedCoupon> Of(LagoCustomer customer) => _granted.Where(coupon => coupon.Customer.LagoId == customer.LagoId);
}
