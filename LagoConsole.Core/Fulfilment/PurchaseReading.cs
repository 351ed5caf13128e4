using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;

namespace LagoConsole.Core.Fulfilment;

/// <summary>
/// What a marketplace says of one purchase when it is asked. AWS has nothing to ask: there it is what its notice, or a registration
/// token, says.
/// </summary>
public sealed record PurchaseReading
{
    public required Marketplace Marketplace { get; init; }

    /// <summary>AWS's agreement, where it is known; Azure's subscription; Google's entitlement.</summary>
    public string? PurchaseId { get; init; }

    public string? AwsAccountId { get; init; }

    /// <summary>Null for a legacy agreement, and where AWS names the agreement only.</summary>
    public string? AwsLicenseArn { get; init; }

    public string? AwsProductCode { get; init; }

    public string? AzureOfferId { get; init; }

    public string? AzurePlanId { get; init; }

    public string? GcpUsageReportingId { get; init; }

    /// <summary>Google's names of what was bought: the service's, or its first part.</summary>
    public IReadOnlyList<string> GcpProducts { get; init; } = [];

    /// <summary>What the marketplace knows the buyer by; see <see cref="BuyerAccount"/>.</summary>
    public string? AccountId { get; init; }

    public string? BuyerEmail { get; init; }

    public required EntitlementState State { get; init; }

    /// <summary>Null where the marketplace does not say.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>For one that is cancelled or will be; null where the marketplace does not say when.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>What was bought, as the marketplace names it.</summary>
    public string Listing => Marketplace switch
    {
        Marketplace.Aws => $"product code {AwsProductCode}",
        Marketplace.Azure => $"offer {AzureOfferId}, plan {AzurePlanId}",
        Marketplace.Gcp => string.Join(" or ", GcpProducts),
        _ => throw new System.Diagnostics.UnreachableException($"No such marketplace: {Marketplace}."),
    };

    /// <summary>What a buyer is called that nobody has named yet.</summary>
    public string BuyerName => BuyerEmail ?? Marketplace switch
    {
        Marketplace.Aws => $"AWS account {AccountId}",
        Marketplace.Azure => $"Azure tenant {AccountId}",
        Marketplace.Gcp => $"Google account {AccountId}",
        _ => throw new System.Diagnostics.UnreachableException($"No such marketplace: {Marketplace}."),
    };
}
