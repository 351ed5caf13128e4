using LagoConsole.Core.Integrations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Buyers;

/// <summary>
/// The Lago Customer ID on a buyer. Ended links stay while the integration exists, because periods
/// of customers that <i>were</i> linked are closed too (R4).
/// </summary>
public sealed class BuyerLink
{
    public required Guid Id { get; init; }

    public required Guid BuyerId { get; init; }

    public required Guid IntegrationId { get; init; }

    /// <summary>The <b>Lago Customer ID</b>: Lago's <c>external_id</c>, exact case.</summary>
    public required string LagoCustomerId { get; init; }

    /// <summary>Lago's own id of that customer: an external id can be reused by another customer after a deletion.</summary>
    public required string CustomerLagoId { get; init; }

    public required DateTimeOffset LinkedAt { get; init; }

    public required string LinkedBy { get; init; }

    public DateTimeOffset? UnlinkedAt { get; set; }

    /// <summary>A person chose <i>from now</i>: what closings find of periods that ended before the link is waived (R7, R16).</summary>
    public bool StartsFromNow { get; init; }

    /// <summary>
    /// The customer has coupons in Lago, as of the last poll. They lower Lago's invoices and no running total, so the
    /// marketplace bills gross: pages say so. False where the key may not read them.
    /// </summary>
    public bool HasCoupons { get; set; }

    /// <summary>What the last poll of this customer failed on, in a sentence; null when it went well.</summary>
    public string? LastProblem { get; set; }

    public DateTimeOffset? LastProblemAt { get; set; }
}

internal sealed class BuyerLinkConfiguration : IEntityTypeConfiguration<BuyerLink>
{
    public void Configure(EntityTypeBuilder<BuyerLink> builder)
    {
        builder.ToTable("BuyerLinks");
        builder.Property(link => link.Id).ValueGeneratedNever();
        builder.Property(link => link.LagoCustomerId).HasMaxLength(255);
        builder.Property(link => link.CustomerLagoId).HasMaxLength(100);
        builder.Property(link => link.LinkedBy).HasMaxLength(200);
        builder.Property(link => link.LastProblem).HasMaxLength(1000);

        // One Lago customer pays through one buyer, and one buyer has one Lago customer, at any time.
        builder.HasIndex(link => new { link.IntegrationId, link.LagoCustomerId }).IsUnique().HasFilter("[UnlinkedAt] IS NULL");
        builder.HasIndex(link => link.BuyerId).IsUnique().HasFilter("[UnlinkedAt] IS NULL");

        builder.HasOne<Buyer>().WithMany().HasForeignKey(link => link.BuyerId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Integration>().WithMany().HasForeignKey(link => link.IntegrationId).OnDelete(DeleteBehavior.Restrict);
    }
}
