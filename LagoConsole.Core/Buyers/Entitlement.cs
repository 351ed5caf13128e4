using LagoConsole.Core.Products;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Buyers;

/// <summary>The life of a purchase.</summary>
public enum EntitlementState
{
    PendingStart = 1,
    Active = 2,
    Suspended = 3,
    PendingCancel = 4,
    Cancelled = 5,
}

/// <summary>The names that the product's users know.</summary>
public static class EntitlementStateNames
{
    public static string Label(this EntitlementState state) => state switch
    {
        EntitlementState.PendingStart => "PENDING_START",
        EntitlementState.Active => "ACTIVE",
        EntitlementState.Suspended => "SUSPENDED",
        EntitlementState.PendingCancel => "PENDING_CANCEL",
        EntitlementState.Cancelled => "CANCELLED",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state."),
    };
}

/// <summary>One purchase by a buyer: the identity at the marketplace that usage is reported against, and its life.</summary>
public sealed class Entitlement
{
    public required Guid Id { get; init; }

    public required Guid BuyerId { get; init; }

    public required Guid ProductId { get; init; }

    public required Marketplace Marketplace { get; init; }

    /// <summary>
    /// The whole identity as one comparable text (see <see cref="MarketplaceIdentity"/>). Unique over the console:
    /// two entitlements that report to one place would bill twice.
    /// </summary>
    public required string Identity { get; init; }

    /// <summary>AWS: the buyer's account, digits only.</summary>
    public string? AwsAccountId { get; init; }

    /// <summary>AWS: the agreement's licence; null for a legacy agreement, which uses the product code.</summary>
    public string? AwsLicenseArn { get; init; }

    /// <summary>Azure: the subscription's id, a GUID in lower case.</summary>
    public string? AzureResourceId { get; init; }

    /// <summary>
    /// Azure: the plan that its next record names. A subscription can change its plan during its life; null for the product's. No part
    /// of the identity, and a record that is made keeps the plan it names.
    /// </summary>
    public string? AzurePlanId { get; set; }

    /// <summary>Google: the entitlement's usage reporting id, verbatim, such as <c>project_number:404012345678</c>.</summary>
    public string? GcpUsageReportingId { get; init; }

    /// <summary>The marketplace's own id of the purchase, as it was read there: AWS's agreement, Azure's subscription, Google's entitlement. Null until then.</summary>
    public string? PurchaseId { get; set; }

    public required EntitlementState State { get; set; }

    /// <summary>Nothing is reported for an hour that ended before this.</summary>
    public required DateTimeOffset StartsAt { get; set; }

    /// <summary>Exclusive; null while no end is known.</summary>
    public DateTimeOffset? EndsAt { get; set; }

    /// <summary>When its last hour was settled after the end (R18): from then on its meters are dead.</summary>
    public DateTimeOffset? DrainedAt { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public int Version { get; set; }

    /// <summary>
    /// Whether money may come onto its meters. One that has ended takes it until its last record is made (R18): what was
    /// used before the end is seen after it.
    /// </summary>
    public bool TakesMoney => DrainedAt is null
        && (State is EntitlementState.Active or EntitlementState.PendingCancel || (State == EntitlementState.Cancelled && EndsAt is not null));

    /// <summary>Azure: the plan in force.</summary>
    public string? AzurePlanOf(Product product) => AzurePlanId ?? product.AzurePlanId;

    /// <summary>What <see cref="AzurePlanId"/> is for a plan that was typed or told: the product's own plan is not repeated.</summary>
    /// <param name="planId">Empty for the product's.</param>
    public static string? OwnAzurePlan(Product product, string? planId) =>
        string.IsNullOrWhiteSpace(planId) || planId.Trim() == product.AzurePlanId ? null : planId.Trim();
}

internal sealed class EntitlementConfiguration : IEntityTypeConfiguration<Entitlement>
{
    public void Configure(EntityTypeBuilder<Entitlement> builder)
    {
        builder.ToTable("Entitlements");
        builder.Property(entitlement => entitlement.Id).ValueGeneratedNever();
        builder.Property(entitlement => entitlement.Marketplace).HasConversion<string>().HasMaxLength(20);
        builder.Property(entitlement => entitlement.Identity).HasMaxLength(MarketplaceIdentity.MaxLength);
        builder.Property(entitlement => entitlement.AwsAccountId).HasMaxLength(255);
        builder.Property(entitlement => entitlement.AwsLicenseArn).HasMaxLength(400);
        builder.Property(entitlement => entitlement.AzureResourceId).HasMaxLength(36);
        builder.Property(entitlement => entitlement.AzurePlanId).HasMaxLength(100);
        builder.Property(entitlement => entitlement.GcpUsageReportingId).HasMaxLength(255);
        builder.Property(entitlement => entitlement.PurchaseId).HasMaxLength(Fulfilment.NoticeReader.MaxPurchaseId);
        builder.Property(entitlement => entitlement.State).HasConversion<string>().HasMaxLength(20);
        builder.Property(entitlement => entitlement.Version).IsConcurrencyToken();
        builder.Ignore(entitlement => entitlement.TakesMoney);
        builder.HasIndex(entitlement => entitlement.Identity).IsUnique();
        builder.HasIndex(entitlement => entitlement.BuyerId);
        builder.HasOne<Buyer>().WithMany().HasForeignKey(entitlement => entitlement.BuyerId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Product>().WithMany().HasForeignKey(entitlement => entitlement.ProductId).OnDelete(DeleteBehavior.Restrict);
    }
}
