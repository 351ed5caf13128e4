using System.Globalization;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;
using LagoConsole.Sandbox.Aws;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Simulation.Scripts;

namespace LagoConsole.Simulation.Markets;

/// <summary>AWS Marketplace: a purchase is known by its licence.</summary>
internal sealed class AwsMarket(SandboxAws aws) : Market
{
    private const string Region = "us-east-1";

    public override SandboxService Service => SandboxService.Aws;

    protected override IEnumerable<BilledLine> Lines =>
        aws.Bill.Select(record => new BilledLine(Marketplace.Aws, record.LicenseArn, record.Dimension, record.Hour, record.Quantity, record.AmountCents));

    public override string CodeOf(int product) => string.Create(CultureInfo.InvariantCulture, $"prod{product}w1m76k6d81abcd99fj2vt");

    public override string NextKey(BuyerRole buyer) =>
        string.Create(CultureInfo.InvariantCulture, $"arn:aws:license-manager::111111111111:license:l-{(buyer.Number * 100) + buyer.Purchases.Count:x32}");

    public override void List(ProductRole product) =>
        aws.Save(new AwsProduct(product.Code, product.Name, [.. product.Dimensions.Select(dimension => new AwsDimension(dimension.Key, dimension.UnitPriceMinor))]));

    public override void Sell(PurchaseRole purchase) => aws.Save(Agreement(purchase));

    public override void End(PurchaseRole purchase, DateTimeOffset endsAt) => aws.Save(Agreement(purchase) with { EndsAt = endsAt });

    public override void SetPrice(ProductRole product, string dimension, PurchaseRole? offer, decimal unitPriceMinor, DateTimeOffset from) =>
        aws.Save(new AwsPrice(product.Code, dimension, offer?.Key, unitPriceMinor, from));

    public override decimal UnitPriceMinor(PurchaseRole purchase, string dimension, DateTimeOffset at) =>
        aws.Read(state => state.UnitPriceCents(purchase.Key, dimension, at));

    public override void FillIn(NewProduct form, ProductRole product)
    {
        form.Marketplace = Marketplace.Aws;
        form.AwsRegion = Region;
    }

    public override void FillIn(NewEntitlement form, PurchaseRole purchase)
    {
        form.AwsAccountId = AccountOf(purchase.Buyer);
        form.AwsLicenseArn = purchase.Key;
    }

    protected override bool Takes(PurchaseRole purchase, string dimension, DateTimeOffset timestamp, int quantity) => aws.Meter(
        Region, productCode: null, [new AwsUsageRecord(timestamp, dimension, quantity, AccountOf(purchase.Buyer), purchase.Key, CustomerIdentifier: null, [])],
        leftUnprocessed: 0)[0].Status == "Success";

    private static AwsAgreement Agreement(PurchaseRole purchase) =>
        new(purchase.Key, purchase.Buyer.Product.Code, AccountOf(purchase.Buyer), CustomerIdentifier: null, purchase.StartsAt);

    private static string AccountOf(BuyerRole buyer) => string.Create(CultureInfo.InvariantCulture, $"{222222222000 + buyer.Number}");
}
