using LagoConsole.Core.Buyers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Products;

/// <summary>
/// The price of one unit of a dimension from an instant on. Append-only: a record keeps the price it
/// was made at (R9), so history never changes under it.
/// </summary>
public sealed class DimensionPrice
{
    public required Guid Id { get; init; }

    public required Guid DimensionId { get; init; }

    /// <summary>Set when this price holds for one entitlement only (a private offer); it then wins over the dimension's own.</summary>
    public Guid? EntitlementId { get; init; }

    /// <summary>Price of one unit in minor units of the dimension's currency; above zero, at most six decimals ($0.001 is 0.1).</summary>
    public required decimal UnitPriceMinor { get; init; }

    public required DateTimeOffset EffectiveFrom { get; init; }

    public required string CreatedBy { get; init; }
}

internal sealed class DimensionPriceConfiguration : IEntityTypeConfiguration<DimensionPrice>
{
    public void Configure(EntityTypeBuilder<DimensionPrice> builder)
    {
        builder.ToTable("DimensionPrices");
        builder.Property(price => price.Id).ValueGeneratedNever();
        builder.Property(price => price.UnitPriceMinor).HasPrecision(19, 6);
        builder.Property(price => price.CreatedBy).HasMaxLength(200);

        // Two indexes, because one over a column that may be null lets a dimension have two prices from the same instant.
        builder.HasIndex(price => new { price.DimensionId, price.EffectiveFrom }).IsUnique().HasFilter("[EntitlementId] IS NULL");
        builder.HasIndex(price => new { price.DimensionId, price.EntitlementId, price.EffectiveFrom }).IsUnique()
            .HasFilter("[EntitlementId] IS NOT NULL");
        builder.HasOne<Dimension>().WithMany().HasForeignKey(price => price.DimensionId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Entitlement>().WithMany().HasForeignKey(price => price.EntitlementId).OnDelete(DeleteBehavior.Restrict);
    }
}
