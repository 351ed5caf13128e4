using System.Text.RegularExpressions;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Aws;
using LagoConsole.Sandbox.Azure;
using LagoConsole.Sandbox.Google;
using LagoConsole.Tests.Reporting;
using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.Scenarios;

/// <summary>
/// Bad input, from growth at Lago to the marketplace's refusal: it ends in a named state with a sentence for the operator, the other
/// records of the batch go out, and nothing is billed twice. <c>docs/marketplaces.md</c> has the table.
/// </summary>
public sealed partial class BadInputTests : IAsyncDisposable
{
    private static readonly Guid OtherResource = new("11111111-2222-4333-8444-555555555555");

    private readonly ConsoleWorld _world = new(); // 13:50

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string OtherLicence => ConsoleWorld.Licence.Replace("l-0123", "l-9999", StringComparison.Ordinal);

    [Theory]
    [InlineData(Marketplace.Aws, "InvalidUsageDimensionException")]
    [InlineData(Marketplace.Azure, "InvalidDimension")]
    [InlineData(Marketplace.Gcp, "code 3")]
    public async Task A_dimension_that_the_product_does_not_have_is_blocked_and_the_others_go_out(Marketplace marketplace, string code)
    {
        (Guid integration, Guid product) = await SetUpAsync(marketplace);
        await AddDimensionAsync(product);
        _world.Use(100); // 2.00 USD
        _world.Use(4, "storage_gb"); // 2.00 USD

        await AssertOneIsRefusedAsync(integration, marketplace, UsageRecordState.Blocked, code, billed: 200);
    }

    [Theory]
    [InlineData(Marketplace.Aws, "InvalidLicenseException")]
    [InlineData(Marketplace.Azure, "ResourceNotFound")]
    [InlineData(Marketplace.Gcp, "NOT_FOUND")]
    public async Task A_purchase_that_the_marketplace_does_not_know_is_blocked_and_the_others_go_out(Marketplace marketplace, string code)
    {
        (Guid integration, Guid product) = await SetUpAsync(marketplace);
        await AddBuyerAsync(integration, product);
        _world.Use(100); // 2.00 USD
        _world.Use(50, subscription: "globex-1"); // 1.00 USD

        await AssertOneIsRefusedAsync(integration, marketplace, UsageRecordState.Blocked, code, billed: 200);
    }

    [Theory]
    [InlineData(Marketplace.Aws, "CustomerNotSubscribed")]
    [InlineData(Marketplace.Azure, "ResourceNotActive")]
    [InlineData(Marketplace.Gcp, "SERVICE_NOT_ACTIVATED")]
    public async Task A_purchase_that_was_cancelled_and_nobody_told_of_it_is_blocked_and_the_others_go_out(Marketplace marketplace, string code)
    {
        (Guid integration, Guid product) = await SetUpAsync(marketplace);
        DateTimeOffset july = new(2026, 7, 1, 0, 0, 0, TimeSpan.Zero);
        DateTimeOffset yesterday = _world.Now.AddDays(-1);
        _world.Sandbox.Save(new AwsAgreement(OtherLicence, ConsoleWorld.ProductCode, ConsoleWorld.Account, CustomerIdentifier: null, july, yesterday));
        _world.Sandbox.Save(new AzureSubscription(
            OtherResource, "vendor-platform", "gold", "buyer@globex.example", Guid.Empty, AzureSubscriptionStatus.Unsubscribed, july, yesterday));
        _world.Sandbox.Save(new GoogleEntitlement("e-9999", ConsoleWorld.GoogleServiceName, "project_number:1", "globex", GoogleEntitlementState.Cancelled, july, yesterday));
        await AddBuyerAsync(integration, product);
        _world.Use(100); // 2.00 USD
        _world.Use(50, subscription: "globex-1"); // 1.00 USD

        await AssertOneIsRefusedAsync(integration, marketplace, UsageRecordState.Blocked, code, billed: 200);
    }

    [Theory]
    [InlineData(Marketplace.Aws)]
    [InlineData(Marketplace.Azure)] // Google has no hour that one record holds
    public async Task An_hour_that_somebody_else_has_reported_is_a_conflict_and_the_others_go_out(Marketplace marketplace)
    {
        (Guid integration, Guid product) = await SetUpAsync(marketplace);
        _world.Sandbox.Save(new AwsProduct(ConsoleWorld.ProductCode, "Vendor Platform", [new("usage_fee", 1), new("other_fee", 1)]));
        _world.Sandbox.Save(new AzureOffer("vendor-platform", "Vendor Platform", SandboxKeys.AzureApp.ClientId, [new AzurePlan("gold", "Gold", [new("usage_fee", 1), new("other_fee", 1)])]));
        await AddDimensionAsync(product);
        _world.Use(100); // 2.00 USD
        _world.Use(4, "storage_gb"); // 2.00 USD
        _world.MoveTo(new DateTimeOffset(2026, 8, 20, 14, 5, 0, TimeSpan.Zero));
        await _world.PollAsync(integration);
        await _world.MakeRecordsAsync();
        UsageRecord ours = Assert.Single(await _world.RecordsAsync(), record => record.DimensionKey == "other_fee");
        UsageRecord theirs = MarketplaceStage.Record(marketplace, ours.BatchKey, Quantity().Replace(ours.Payload, "${name}7"), quantity: 7);
        MeteringAnswer taken = await _world.Get<IEnumerable<IMarketplaceMeter>>().Single(meter => meter.Marketplace == marketplace).ReportAsync(ours.BatchKey, [theirs], Stop);
        Assert.IsType<MeteringReceipt.Accepted>(Assert.Single(taken.Items).Receipt);

        await AssertOneIsRefusedAsync(integration, marketplace, UsageRecordState.Conflict, "Conflict", billed: 207);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [GeneratedRegex("(?<name>\"[Qq]uantity\":)[0-9]+", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quantity();

    private async Task<(Guid Integration, Guid Product)> SetUpAsync(Marketplace marketplace)
    {
        Guid integration = await _world.ConnectAsync();
        Guid product = await _world.ProductAsync(marketplace);
        await _world.LinkAsync(await _world.BuyerAsync(product), integration);
        await _world.TurnOnAsync(integration, AutoReportStart.ReportIt);
        return (integration, product);
    }

    /// <summary>Fed by storage, at one cent a unit; the marketplace's listing does not have it by itself.</summary>
    private async Task AddDimensionAsync(Guid product)
    {
        Guid dimension = Assert.IsType<ProductOutcome.Saved>(await _world.Get<ProductService>().AddDimensionAsync(
            ConsoleWorld.Admin, new NewDimension { ProductId = product, Key = "other_fee", Name = "Storage", Currency = "USD", UnitPrice = "0.01" }, Stop)).Id;
        Assert.IsType<ProductOutcome.Saved>(await _world.Get<ConversionService>().AddAsync(
            ConsoleWorld.Admin, new NewConversion { ProductId = product, MetricCode = "storage_gb", DimensionId = dimension }, Stop));
    }

    /// <summary>Globex, whose purchase is another one.</summary>
    private async Task AddBuyerAsync(Guid integration, Guid product)
    {
        Guid buyer = await _world.BuyerAsync(product: null, name: "Globex");
        Assert.IsType<BuyerOutcome.Saved>(await _world.Get<EntitlementService>().CreateAsync(
            ConsoleWorld.Admin,
            new NewEntitlement
            {
                BuyerId = buyer,
                ProductId = product,
                AwsAccountId = ConsoleWorld.Account,
                AwsLicenseArn = OtherLicence,
                AzureResourceId = OtherResource.ToString(),
                GcpUsageReportingId = "project_number:1",
                StartsAt = new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero),
            },
            Stop));
        await _world.LinkAsync(buyer, integration, customer: "globex.example/eu");
    }

    /// <summary>Of two records one is accepted; the other stands where a person finds it, and stays there.</summary>
    private async Task AssertOneIsRefusedAsync(Guid integration, Marketplace marketplace, UsageRecordState state, string code, decimal billed)
    {
        if (_world.Now.Hour < 14)
        {
            await _world.NextHourAsync(integration);
        }
        else
        {
            await _world.ReportAsync();
        }

        for (int look = 0; look < 2; look++)
        {
            IReadOnlyList<UsageRecord> records = await _world.RecordsAsync();
            UsageRecord refused = Assert.Single(records, record => record.State != UsageRecordState.Accepted);
            Assert.Equal((2, state, code), (records.Count, refused.State, refused.ErrorCode));
            Assert.False(string.IsNullOrWhiteSpace(refused.ErrorMessage));
            RecordExplanation explanation = UsageRecordStateText.Explain(refused.State, marketplace, assumed: false, decided: false, refused.ProviderRecordId, refused.ErrorMessage);
            Assert.True(explanation.NeedsPerson);
            Assert.Contains(refused.ErrorMessage!, explanation.What, StringComparison.Ordinal);
            Assert.Equal(billed, _world.BilledAt(marketplace));
            await _world.AssertBalancedAsync();
            await _world.NextHourAsync(integration);
        }
    }
}
