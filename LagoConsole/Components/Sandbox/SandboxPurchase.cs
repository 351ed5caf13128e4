using LagoConsole.Core.Products;
using LagoConsole.Sandbox;

namespace LagoConsole.Components.Sandbox;

/// <summary>A purchase at one of the sandbox's marketplaces, as it is typed into the console: labels are those of the dialogs.</summary>
/// <param name="Id">The marketplace's own.</param>
internal sealed record SandboxPurchase(
    string Id,
    Marketplace Marketplace,
    string Title,
    bool IsOver,
    IReadOnlyList<(string Label, string Text)> Product,
    IReadOnlyList<(string Label, string Text)> Entitlement,
    IReadOnlyList<(string Key, decimal UnitPriceCents)> Dimensions)
{
    /// <summary>All there are.</summary>
    public static IEnumerable<SandboxPurchase> All(SandboxSummary summary) =>
    [
        .. summary.Agreements.Select(agreement => new SandboxPurchase(
            agreement.LicenseArn,
            Marketplace.Aws,
            agreement.ProductTitle,
            agreement.EndsAt <= summary.Now,
            [("Product code", agreement.ProductCode)],
            [("AWS account ID", agreement.CustomerAwsAccountId), ("License ARN", agreement.LicenseArn)],
            [.. agreement.Dimensions.Select(dimension => (dimension.Key, dimension.UnitPriceCents))])),
        .. summary.AzureSubscriptions.Select(subscription => new SandboxPurchase(
            subscription.ResourceId.ToString(),
            Marketplace.Azure,
            subscription.OfferTitle,
            subscription.EndsAt <= summary.Now,
            [("Offer ID", subscription.OfferId), ("Plan ID", subscription.PlanId)],
            [("Subscription ID", subscription.ResourceId.ToString())],
            [.. subscription.Dimensions.Select(dimension => (dimension.Key, dimension.UnitPriceCents))])),
        .. summary.GoogleEntitlements.Select(entitlement => new SandboxPurchase(
            entitlement.Id,
            Marketplace.Gcp,
            entitlement.ServiceTitle,
            entitlement.EndsAt <= summary.Now,
            [("Service name", entitlement.Service)],
            [("Usage reporting ID", entitlement.UsageReportingId)],
            [.. entitlement.Metrics.Select(metric => (metric.Id, metric.UnitPriceCents))])),
    ];
}
