using System.Globalization;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Google;
using LagoConsole.Simulation.Scripts;

namespace LagoConsole.Simulation.Markets;

/// <summary>Google Cloud Marketplace: a purchase is known by its usage reporting ID, and what is reported by the operation's ID.</summary>
internal sealed class GoogleMarket(SandboxGoogle google) : Market
{
    public override SandboxService Service => SandboxService.Google;

    public override IEnumerable<string> Mistakes =>
        google.Mistakes.Select(mistake => $"Google was told two operations under the id {mistake.OperationId}: {mistake.Taken}, and later {mistake.Sent}");

    protected override IEnumerable<BilledLine> Lines => google.Bill.Select(taken => new BilledLine(
        Marketplace.Gcp, taken.Consumer, taken.Metric, taken.Hour, taken.Quantity, taken.AmountCents, Guid.Parse(taken.OperationId)));

    public override string CodeOf(int product) => string.Create(CultureInfo.InvariantCulture, $"platform-{product}.endpoints.vendor-public.cloud.goog");

    public override string NextKey(BuyerRole buyer) =>
        string.Create(CultureInfo.InvariantCulture, $"project_number:{404000000000 + (buyer.Number * 100) + buyer.Purchases.Count}");

    public override void List(ProductRole product) =>
        google.Save(new GoogleService(product.Code, product.Name, [.. product.Dimensions.Select(dimension => new GoogleMetric(dimension.Key, dimension.UnitPriceMinor))]));

    public override void Sell(PurchaseRole purchase) => google.Save(Entitlement(purchase));

    public override void End(PurchaseRole purchase, DateTimeOffset endsAt) =>
        google.Save(Entitlement(purchase) with { State = GoogleEntitlementState.Cancelled, EndsAt = endsAt });

    public override void SetPrice(ProductRole product, string dimension, PurchaseRole? offer, decimal unitPriceMinor, DateTimeOffset from) =>
        google.Save(new GooglePrice(product.Code, dimension, offer?.Key, unitPriceMinor, from));

    public override decimal UnitPriceMinor(PurchaseRole purchase, string dimension, DateTimeOffset at) =>
        google.Read(state => state.UnitPriceCents(purchase.Buyer.Product.Code, purchase.Key, dimension, at));

    public override void FillIn(NewProduct form, ProductRole product)
    {
        form.Marketplace = Marketplace.Gcp;
        form.GcpServiceName = product.Code;
    }

    public override void FillIn(NewEntitlement form, PurchaseRole purchase) => form.GcpUsageReportingId = purchase.Key;

    /// <summary>Never: Google would add it up with the console's, and no answer of it could ever show that.</summary>
    protected override bool Takes(PurchaseRole purchase, string dimension, DateTimeOffset timestamp, int quantity) => false;

    private static GoogleEntitlement Entitlement(PurchaseRole purchase) => new(
        $"entitlement-{purchase.Name}", purchase.Buyer.Product.Code, purchase.Key, Account: purchase.Buyer.Name, GoogleEntitlementState.Active, purchase.StartsAt);
}
