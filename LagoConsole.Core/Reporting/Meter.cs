using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Reporting;

/// <summary>
/// (marketplace identity, dimension): where money accrues. Exactly one writer; every change of its money is a
/// conditional update of <see cref="Version"/>, so that two nodes cannot both do it (R12).
/// </summary>
public sealed class Meter
{
    public required Guid Id { get; init; }

    public required Guid EntitlementId { get; init; }

    public required Guid DimensionId { get; init; }

    public required Marketplace Marketplace { get; init; }

    /// <summary>The entitlement's identity: the unique index over it is the last guard against two writers.</summary>
    public required string Identity { get; init; }

    public required string DimensionKey { get; init; }

    public required string Currency { get; init; }

    /// <summary>Σ money that came onto it, in minor units. Never falls: what left again is in <see cref="LeftMinor"/>.</summary>
    public decimal AccruedMinor { get; set; }

    /// <summary>Σ quantity × frozen price of the records that are not void (R10).</summary>
    public decimal AllocatedMinor { get; set; }

    /// <summary>Σ what a person gave up of the money here.</summary>
    public decimal WaivedMinor { get; set; }

    /// <summary>Σ open money that left again: its entitlement ended (R18), or the books were restored (R20).</summary>
    public decimal LeftMinor { get; set; }

    /// <summary>The latest hour that was ever given to a record: never used again, not even after a refusal.</summary>
    public DateTimeOffset? LastSlotHour { get; set; }

    /// <summary>How many increments have come onto this meter; numbers them (R11).</summary>
    public long IncrementCount { get; set; }

    public int Version { get; set; }

    /// <summary>Money here that is on no record: what the next record is made from.</summary>
    public decimal OpenMinor => AccruedMinor - AllocatedMinor - WaivedMinor - LeftMinor;
}

internal sealed class MeterConfiguration : IEntityTypeConfiguration<Meter>
{
    public void Configure(EntityTypeBuilder<Meter> builder)
    {
        builder.ToTable("Meters");
        builder.Property(meter => meter.Id).ValueGeneratedNever();
        builder.Property(meter => meter.Marketplace).HasConversion<string>().HasMaxLength(20);
        builder.Property(meter => meter.Identity).HasMaxLength(MarketplaceIdentity.MaxLength);
        builder.Property(meter => meter.DimensionKey).HasMaxLength(255);
        builder.Property(meter => meter.Currency).HasMaxLength(3);
        builder.Property(meter => meter.AccruedMinor).HasPrecision(25, 6);
        builder.Property(meter => meter.LeftMinor).HasPrecision(25, 6);
        builder.Property(meter => meter.AllocatedMinor).HasPrecision(25, 6);
        builder.Property(meter => meter.WaivedMinor).HasPrecision(25, 6);
        builder.Property(meter => meter.Version).IsConcurrencyToken();
        builder.Ignore(meter => meter.OpenMinor);
        builder.HasIndex(meter => new { meter.Identity, meter.DimensionKey }).IsUnique();
        builder.HasOne<Entitlement>().WithMany().HasForeignKey(meter => meter.EntitlementId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Dimension>().WithMany().HasForeignKey(meter => meter.DimensionId).OnDelete(DeleteBehavior.Restrict);
    }
}
