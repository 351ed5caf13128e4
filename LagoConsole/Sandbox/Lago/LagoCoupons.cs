namespace LagoConsole.Sandbox.Lago;

/// <summary>What is left of customers' coupons. They lower invoices, never usage.</summary>
internal sealed class LagoCoupons
{
    private readonly Dictionary<Guid, long> _leftCents = [];

    public void Grant(LagoCustomer customer, long amountCents) =>
        _leftCents[customer.LagoId] = LeftCents(customer) + amountCents;

    public long LeftCents(LagoCustomer customer) => _leftCents.GetValueOrDefault(customer.LagoId);

    /// <summary>Takes coupons off an invoice; a draft only shows what they would take.</summary>
    public void ApplyTo(LagoInvoice invoice)
    {
        long off = Math.Min(LeftCents(invoice.Customer), invoice.FeesCents);
        invoice.CouponsCents = off;
        invoice.Fees = [.. invoice.Fees.Select(fee => fee with { CouponCents = off == 0 ? 0 : (decimal)off * fee.AmountCents / invoice.FeesCents })];
        if (invoice.IsFinal)
        {
            _leftCents[invoice.Customer.LagoId] = LeftCents(invoice.Customer) - off;
        }
    }
}
