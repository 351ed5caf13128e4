using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Reporting;

/// <summary>One HTTP try of a record, committed before the bytes leave. Without an end it is in flight, or was cut off.</summary>
public sealed class Attempt
{
    public required Guid Id { get; init; }

    public required Guid RecordId { get; init; }

    /// <summary>1 for the first.</summary>
    public required int Number { get; init; }

    /// <summary>The same for all records that travelled in one call.</summary>
    public required Guid CallId { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; set; }

    public int? HttpStatus { get; set; }

    /// <summary>Name of the receipt, for example <c>Accepted</c>; null while in flight; <c>Unknown</c> when the lease ran out first.</summary>
    public string? Verdict { get; set; }

    /// <summary>The marketplace's id of the call, for its support.</summary>
    public string? RequestId { get; set; }

    /// <summary>What was asked, as far as this record goes; secrets and signatures removed.</summary>
    public string? Request { get; set; }

    /// <summary>What was answered, as far as this record goes.</summary>
    public string? Response { get; set; }
}

internal sealed class AttemptConfiguration : IEntityTypeConfiguration<Attempt>
{
    public void Configure(EntityTypeBuilder<Attempt> builder)
    {
        builder.ToTable("Attempts");
        builder.Property(attempt => attempt.Id).ValueGeneratedNever();
        builder.Property(attempt => attempt.Verdict).HasMaxLength(30);
        builder.Property(attempt => attempt.RequestId).HasMaxLength(200);
        builder.Property(attempt => attempt.Request).HasMaxLength(8000);
        builder.Property(attempt => attempt.Response).HasMaxLength(8000);
        builder.HasIndex(attempt => new { attempt.RecordId, attempt.Number }).IsUnique();
        builder.HasIndex(attempt => attempt.CallId); // an answer is settled by its call
        builder.HasOne<UsageRecord>().WithMany().HasForeignKey(attempt => attempt.RecordId).OnDelete(DeleteBehavior.Restrict);
    }
}
