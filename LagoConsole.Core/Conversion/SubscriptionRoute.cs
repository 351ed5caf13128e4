using LagoConsole.Core.Buyers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Conversion;

/// <summary>A person's word where several entitlements of a buyer fit: this Lago subscription is billed on this one (R6).</summary>
public sealed class SubscriptionRoute
{
    public required Guid Id { get; init; }

    public required Guid BuyerId { get; init; }

    public required string SubscriptionLagoId { get; init; }

    public required Guid EntitlementId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }
}

internal sealed class SubscriptionRouteConfiguration : IEntityTypeConfiguration<SubscriptionRoute>
{
    public void Configure(EntityTypeBuilder<SubscriptionRoute> builder)
    {
        builder.ToTable("SubscriptionRoutes");
        builder.Property(route => route.Id).ValueGeneratedNever();
        builder.Property(route => route.SubscriptionLagoId).HasMaxLength(100);
        builder.Property(route => route.CreatedBy).HasMaxLength(200);
        builder.HasIndex(route => new { route.SubscriptionLagoId, route.EntitlementId }).IsUnique();
        builder.HasIndex(route => route.BuyerId);
        builder.HasOne<Buyer>().WithMany().HasForeignKey(route => route.BuyerId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Entitlement>().WithMany().HasForeignKey(route => route.EntitlementId).OnDelete(DeleteBehavior.Restrict);
    }
}
