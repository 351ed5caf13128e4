using LagoConsole.Core.Products;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Conversion;

/// <summary>
/// Per product: the money of one Lago billable metric (the source dimension key) goes to exactly one dimension.
/// Several metrics may feed one dimension.
/// </summary>
public sealed class DimensionConversion
{
    public required Guid Id { get; init; }

    public required Guid ProductId { get; init; }

    /// <summary>The <b>source dimension key</b>: Lago's billable metric code, exact case.</summary>
    public required string MetricCode { get; init; }

    public required Guid DimensionId { get; set; }

    /// <summary>A person chose that the metric is billed when its period is closed, not as it grows (R8): for prices that can fall, such as volume tiers.</summary>
    public bool ReportAtCloseOnly { get; set; }
}

internal sealed class DimensionConversionConfiguration : IEntityTypeConfiguration<DimensionConversion>
{
    public void Configure(EntityTypeBuilder<DimensionConversion> builder)
    {
        builder.ToTable("DimensionConversions");
        builder.Property(conversion => conversion.Id).ValueGeneratedNever();
        builder.Property(conversion => conversion.MetricCode).HasMaxLength(255);
        builder.HasIndex(conversion => new { conversion.ProductId, conversion.MetricCode }).IsUnique();
        builder.HasOne<Product>().WithMany().HasForeignKey(conversion => conversion.ProductId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Dimension>().WithMany().HasForeignKey(conversion => conversion.DimensionId).OnDelete(DeleteBehavior.Restrict);
    }
}
