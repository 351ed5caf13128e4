using LagoConsole.Core.HighWater;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Reporting;

/// <summary>How much money of an increment is in a record (R11). Σ links of a record = quantity × price.</summary>
public sealed class RecordLink
{
    public required Guid RecordId { get; init; }

    public required Guid IncrementId { get; init; }

    /// <summary>Minor units; fractions arise where a unit costs less than one minor unit or not a whole number of them.</summary>
    public required decimal AmountMinor { get; init; }
}

internal sealed class RecordLinkConfiguration : IEntityTypeConfiguration<RecordLink>
{
    public void Configure(EntityTypeBuilder<RecordLink> builder)
    {
        builder.ToTable("RecordLinks");
        builder.HasKey(link => new { link.RecordId, link.IncrementId });
        builder.Property(link => link.AmountMinor).HasPrecision(25, 6);
        builder.HasIndex(link => link.IncrementId);
        builder.HasOne<UsageRecord>().WithMany().HasForeignKey(link => link.RecordId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<UsageIncrement>().WithMany().HasForeignKey(link => link.IncrementId).OnDelete(DeleteBehavior.Restrict);
    }
}
