using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Products;

/// <summary>What the marketplace bills: a key with a unit price in one currency.</summary>
public sealed class Dimension
{
    public required Guid Id { get; init; }

    public required Guid ProductId { get; init; }

    /// <summary>The marketplace's own key, exact case; 1 to 255 characters (AWS's limit).</summary>
    public required string Key { get; init; }

    public required string Name { get; set; }

    /// <summary>ISO code. Only Lago money of the same currency is ever converted to this dimension.</summary>
    public required string Currency { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

internal sealed class DimensionConfiguration : IEntityTypeConfiguration<Dimension>
{
    public void Configure(EntityTypeBuilder<Dimension> builder)
    {
        builder.ToTable("Dimensions");
        builder.Property(dimension => dimension.Id).ValueGeneratedNever();
        builder.Property(dimension => dimension.Key).HasMaxLength(255);
        builder.Property(dimension => dimension.Name).HasMaxLength(200);
        builder.Property(dimension => dimension.Currency).HasMaxLength(3);
        builder.HasIndex(dimension => new { dimension.ProductId, dimension.Key }).IsUnique();
        builder.HasOne<Product>().WithMany().HasForeignKey(dimension => dimension.ProductId).OnDelete(DeleteBehavior.Restrict);
    }
}
