using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Reconciliation;

/// <summary>What Azure said last of one resource, dimension and day, purchases that this console does not know included.</summary>
public sealed class UsageReading
{
    /// <summary>Longest list of Azure's words that is kept.</summary>
    public const int MaxStatuses = 400;

    public required Guid Id { get; init; }

    /// <summary>Azure's id of the subscription.</summary>
    public required Guid ResourceId { get; init; }

    public required string DimensionKey { get; init; }

    /// <summary>Midnight, UTC.</summary>
    public required DateTimeOffset Day { get; init; }

    /// <summary>The offer, as Azure names it; empty where it lists nothing.</summary>
    public string OfferId { get; set; } = "";

    public decimal Submitted { get; set; }

    public decimal Processed { get; set; }

    public long Events { get; set; }

    public string Statuses { get; set; } = "";

    /// <summary>When the read began: everything that Azure had taken and shown until then is in it.</summary>
    public DateTimeOffset ReadAt { get; set; }

    public int Version { get; set; }

    public DayTotal Total => new(Submitted, Processed, Events, Statuses);

    /// <summary>Writes what a read said.</summary>
    public void Take(DayTotal total, string offerId, DateTimeOffset readAt)
    {
        (OfferId, Submitted, Processed, Events) = (offerId, total.Submitted, total.Processed, total.Events);
        Statuses = total.Statuses.Length <= MaxStatuses ? total.Statuses : total.Statuses[..MaxStatuses];
        ReadAt = readAt;
    }
}

internal sealed class UsageReadingConfiguration : IEntityTypeConfiguration<UsageReading>
{
    public void Configure(EntityTypeBuilder<UsageReading> builder)
    {
        builder.ToTable("UsageReadings");
        builder.Property(reading => reading.Id).ValueGeneratedNever();
        builder.Property(reading => reading.DimensionKey).HasMaxLength(255);
        builder.Property(reading => reading.OfferId).HasMaxLength(100);
        builder.Property(reading => reading.Submitted).HasPrecision(28, 10); // Azure's numbers may have fractions
        builder.Property(reading => reading.Processed).HasPrecision(28, 10);
        builder.Property(reading => reading.Statuses).HasMaxLength(UsageReading.MaxStatuses);
        builder.Property(reading => reading.Version).IsConcurrencyToken();
        builder.Ignore(reading => reading.Total);
        builder.HasIndex(reading => new { reading.ResourceId, reading.DimensionKey, reading.Day }).IsUnique();
        builder.HasIndex(reading => reading.Day);
    }
}
