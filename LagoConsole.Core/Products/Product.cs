using LagoConsole.Core.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Products;

/// <summary>A marketplace listing: an AWS product, an Azure offer and plan, or a Google service.</summary>
public sealed class Product
{
    public required Guid Id { get; init; }

    public required string Name { get; set; }

    public required Marketplace Marketplace { get; init; }

    /// <summary>
    /// AWS: the one region whose metering endpoint is used. Fixed: AWS removes duplicates per region,
    /// so the same record sent to a second one is billed twice.
    /// </summary>
    public string? AwsRegion { get; init; }

    /// <summary>AWS: the product code that legacy agreements (without a licence) report against.</summary>
    public string? AwsProductCode { get; init; }

    /// <summary>Azure: the offer, as Partner Center names it.</summary>
    public string? AzureOfferId { get; init; }

    /// <summary>Azure: the plan that its subscriptions are on, unless an entitlement names its own; each event names it.</summary>
    public string? AzurePlanId { get; init; }

    /// <summary>Google: the service that usage is reported to, such as <c>example.endpoints.vendor-public.cloud.goog</c>.</summary>
    public string? GcpServiceName { get; init; }

    /// <summary>The account that usage is reported with; null for the marketplace's usual chain.</summary>
    public Guid? AccountId { get; set; }

    /// <summary>
    /// Who confirmed, and when, that nothing but this console writes this product's usage. Only then may a
    /// duplicate that follows an unanswered attempt be taken for our own record (R13).
    /// </summary>
    public string? SoleWriterConfirmedBy { get; set; }

    public DateTimeOffset? SoleWriterConfirmedAt { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public int Version { get; set; }

    /// <summary>What the marketplace knows it by, in words.</summary>
    public string Listing => MarketplaceNames.Listing(Marketplace, AwsRegion, AwsProductCode, AzureOfferId, AzurePlanId, GcpServiceName);
}

internal sealed class ProductConfiguration : IEntityTypeConfiguration<Product>
{
    public void Configure(EntityTypeBuilder<Product> builder)
    {
        builder.ToTable("Products");
        builder.Property(product => product.Id).ValueGeneratedNever();
        builder.Property(product => product.Name).HasMaxLength(200);
        builder.Property(product => product.Marketplace).HasConversion<string>().HasMaxLength(20);
        builder.Property(product => product.AwsRegion).HasMaxLength(30);
        builder.Property(product => product.AwsProductCode).HasMaxLength(255);
        builder.Property(product => product.AzureOfferId).HasMaxLength(100);
        builder.Property(product => product.AzurePlanId).HasMaxLength(100);
        builder.Property(product => product.GcpServiceName).HasMaxLength(255);
        builder.Property(product => product.SoleWriterConfirmedBy).HasMaxLength(200);
        builder.Property(product => product.Version).IsConcurrencyToken();
        builder.Ignore(product => product.Listing);
        builder.HasIndex(product => product.Name).IsUnique();
        builder.HasOne<MarketplaceAccount>().WithMany().HasForeignKey(product => product.AccountId).OnDelete(DeleteBehavior.Restrict);
    }
}
