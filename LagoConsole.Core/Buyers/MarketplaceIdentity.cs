using LagoConsole.Core.Products;

namespace LagoConsole.Core.Buyers;

/// <summary>One field of where at a marketplace usage is billed.</summary>
/// <param name="Label">As the marketplace's own pages call it.</param>
public sealed record IdentityPart(string Label, string Value);

/// <summary>
/// Builds the one text that says where at a marketplace usage is billed. Two purchases with equal texts
/// are the same purchase: the marketplace would keep one record an hour for both.
/// </summary>
public static class MarketplaceIdentity
{
    /// <summary>Fits, with a dimension key of 255, into one index key of SQL Server (1,700 bytes).</summary>
    public const int MaxLength = 560;

    /// <summary>For people: the fields that say where usage of this purchase is billed, the buyer's own first.</summary>
    public static IReadOnlyList<IdentityPart> Parts(Product product, Entitlement entitlement)
    {
        IdentityPart[] parts = entitlement.Marketplace switch
        {
            Marketplace.Aws =>
            [
                new("AWS account", entitlement.AwsAccountId ?? ""),
                entitlement.AwsLicenseArn is { } licence ? new("Licence", licence) : new("Product code", product.AwsProductCode ?? ""),
                new("Region", product.AwsRegion ?? ""),
            ],
            Marketplace.Azure => [new("Subscription", entitlement.AzureResourceId ?? ""), new("Offer", product.AzureOfferId ?? "")],
            Marketplace.Gcp => [new("Usage reporting ID", entitlement.GcpUsageReportingId ?? ""), new("Service", product.GcpServiceName ?? "")],
            _ => throw new ArgumentOutOfRangeException(nameof(entitlement), entitlement.Marketplace, "Not a marketplace."),
        };
        return parts;
    }

    /// <summary>For people: a stored text in the words of <see cref="Parts"/>, the buyer's own first.</summary>
    public static string InWords(string identity) => identity.Split('|') switch
    {
        [nameof(Marketplace.Aws), var region, var agreement, var account] =>
            $"AWS account {account} · {(agreement.StartsWith("arn:", StringComparison.Ordinal) ? "Licence" : "Product code")} {agreement} · Region {region}",
        [nameof(Marketplace.Azure), var subscription] => $"Subscription {subscription}",
        [nameof(Marketplace.Gcp), var service, var consumer] => $"Usage reporting ID {consumer} · Service {service}",
        _ => identity,
    };

    /// <summary>AWS removes duplicates per region, licence (or product) and customer account.</summary>
    /// <exception cref="ArgumentException">Neither a licence nor a product code is given.</exception>
    public static string Aws(string region, string accountId, string? licenseArn, string? productCode)
    {
        string agreement = licenseArn ?? productCode
            ?? throw new ArgumentException("An AWS identity needs a licence or a product code.", nameof(licenseArn));
        return $"{Marketplace.Aws}|{region}|{agreement}|{accountId}";
    }

    /// <summary>Azure removes duplicates per resource; the plan is none of it.</summary>
    /// <param name="resourceId">In lower case.</param>
    public static string Azure(string resourceId) => $"{Marketplace.Azure}|{resourceId}";

    /// <summary>Google bills what a service reports of a consumer.</summary>
    public static string Google(string serviceName, string usageReportingId) => $"{Marketplace.Gcp}|{serviceName}|{usageReportingId}";
}
