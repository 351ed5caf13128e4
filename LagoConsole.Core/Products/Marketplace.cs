namespace LagoConsole.Core.Products;

/// <summary>Where a product is sold and its usage is reported.</summary>
public enum Marketplace
{
    Aws = 1,
    Azure = 2,
    Gcp = 3,
}

/// <summary>The names that people use.</summary>
public static class MarketplaceNames
{
    public static string Label(this Marketplace marketplace) => marketplace switch
    {
        Marketplace.Aws => "AWS Marketplace",
        Marketplace.Azure => "Azure Marketplace",
        Marketplace.Gcp => "Google Cloud Marketplace",
        _ => throw new ArgumentOutOfRangeException(nameof(marketplace), marketplace, "Not a marketplace."),
    };

    /// <summary>What a marketplace knows a product by, in words.</summary>
    internal static string Listing(
        Marketplace marketplace, string? awsRegion, string? awsProductCode, string? azureOfferId, string? azurePlanId, string? gcpServiceName)
    {
        return marketplace switch
        {
            Marketplace.Aws => awsProductCode is null ? awsRegion ?? "" : $"{awsRegion}, product code {awsProductCode}",
            Marketplace.Azure => $"offer {azureOfferId}, plan {azurePlanId}",
            Marketplace.Gcp => gcpServiceName ?? "",
            _ => throw new ArgumentOutOfRangeException(nameof(marketplace), marketplace, "Not a marketplace."),
        };
    }
}
