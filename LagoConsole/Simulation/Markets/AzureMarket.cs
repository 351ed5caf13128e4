using System.Globalization;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Azure;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Simulation.Scripts;

namespace LagoConsole.Simulation.Markets;

/// <summary>Azure Marketplace: a purchase is known by its subscription's resource ID.</summary>
internal sealed class AzureMarket(SandboxAzure azure) : Market
{
    private const string Plan = "gold";

    public override SandboxService Service => SandboxService.Azure;

    protected override IEnumerable<BilledLine> Lines =>
        azure.Bill.Select(taken => new BilledLine(Marketplace.Azure, taken.ResourceId.ToString(), taken.Dimension, taken.Hour, (long)taken.Quantity, taken.AmountCents));

    public override string CodeOf(int product) => string.Create(CultureInfo.InvariantCulture, $"platform-{product}");

    public override string NextKey(BuyerRole buyer) =>
        string.Create(CultureInfo.InvariantCulture, $"7c1f3c52-9a40-4e6e-8d0b-{(buyer.Number * 100) + buyer.Purchases.Count:x12}");

    public override void List(ProductRole product) => azure.Save(new AzureOffer(
        product.Code, product.Name, SandboxKeys.AzureApp.ClientId,
        [new AzurePlan(Plan, "Gold", [.. product.Dimensions.Select(dimension => new AzureDimension(dimension.Key, dimension.UnitPriceMinor))])]));

    public override void Sell(PurchaseRole purchase) => azure.Save(Subscription(purchase));

    /// <summary>Usage from before the end is taken as long as any other.</summary>
    public override void End(PurchaseRole purchase, DateTimeOffset endsAt) =>
        azure.Save(Subscription(purchase) with { Status = AzureSubscriptionStatus.Unsubscribed, EndsAt = endsAt });

    public override void SetPrice(ProductRole product, string dimension, PurchaseRole? offer, decimal unitPriceMinor, DateTimeOffset from) =>
        azure.Save(new AzurePrice(product.Code, Plan, dimension, offer is null ? null : Guid.Parse(offer.Key), unitPriceMinor, from));

    public override decimal UnitPriceMinor(PurchaseRole purchase, string dimension, DateTimeOffset at) =>
        azure.Read(state => state.UnitPriceCents(Guid.Parse(purchase.Key), dimension, at));

    public override void FillIn(NewProduct form, ProductRole product)
    {
        form.Marketplace = Marketplace.Azure;
        form.AzureOfferId = product.Code;
        form.AzurePlanId = Plan;
    }

    public override void FillIn(NewEntitlement form, PurchaseRole purchase) => form.AzureResourceId = purchase.Key;

    protected override bool Takes(PurchaseRole purchase, string dimension, DateTimeOffset timestamp, int quantity) => azure.Meter(
        SandboxKeys.AzureApp.ClientId, [new AzureUsageEvent([], Guid.Parse(purchase.Key), quantity, dimension, timestamp, Plan, Problem: null)], leftUnprocessed: 0)[0].Status == "Accepted";

    private static AzureSubscription Subscription(PurchaseRole purchase) => new(
        Guid.Parse(purchase.Key), purchase.Buyer.Product.Code, Plan, "buyer@example.com", BuyerTenantId: Guid.Empty, AzureSubscriptionStatus.Subscribed, purchase.StartsAt);
}
