using LagoConsole.Core.Reporting;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Reconciliation;

/// <summary>
/// What Azure's usage events say of one record whose outcome was unknown at its deadline (R13): how long they have said the same, and
/// what they proved. It stays: it is the evidence of what it settled (R14 e).
/// </summary>
public sealed class RecordReading
{
    /// <summary>Longest sentence, in characters.</summary>
    public const int MaxBecause = 1000;

    public required Guid RecordId { get; init; }

    /// <summary>Azure's total of the record's day, in units.</summary>
    public decimal Submitted { get; set; }

    /// <summary>The first of the reads, all after the record's deadline, that have shown this total one after another.</summary>
    public DateTimeOffset FirstReadAt { get; set; }

    public DateTimeOffset LastReadAt { get; set; }

    /// <summary>What it proved; null while nothing.</summary>
    public bool? Billed { get; set; }

    /// <summary>The sum that proves it, or what a proof lacks.</summary>
    public string Because { get; set; } = "";

    public int Version { get; set; }

    /// <summary>Writes what a read showed of the day; a total that differs begins anew.</summary>
    public void Take(decimal submitted, DateTimeOffset readAt)
    {
        if (LastReadAt == default || submitted != Submitted)
        {
            (Submitted, FirstReadAt) = (submitted, readAt);
        }

        LastReadAt = readAt;
    }

    /// <summary>Writes what that proves, or what a proof lacks.</summary>
    public void Conclude(ReadingVerdict verdict)
    {
        Billed = verdict switch
        {
            ReadingVerdict.Billed => true,
            ReadingVerdict.NotBilled => false,
            _ => null,
        };
        Because = verdict.Because.Length <= MaxBecause ? verdict.Because : verdict.Because[..MaxBecause];
    }
}

internal sealed class RecordReadingConfiguration : IEntityTypeConfiguration<RecordReading>
{
    public void Configure(EntityTypeBuilder<RecordReading> builder)
    {
        builder.ToTable("RecordReadings");
        builder.HasKey(reading => reading.RecordId);
        builder.Property(reading => reading.RecordId).ValueGeneratedNever();
        builder.Property(reading => reading.Submitted).HasPrecision(28, 10);
        builder.Property(reading => reading.Because).HasMaxLength(RecordReading.MaxBecause);
        builder.Property(reading => reading.Version).IsConcurrencyToken();
        builder.HasOne<UsageRecord>().WithOne().HasForeignKey<RecordReading>(reading => reading.RecordId).OnDelete(DeleteBehavior.Restrict);
    }
}
