using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Books;

/// <summary>What one check of the whole database against the identities of R14 came to.</summary>
public sealed class BooksCheck
{
    /// <summary>Most characters of <see cref="Failures"/>.</summary>
    public const int MaxFailuresLength = 4000;

    public required Guid Id { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>How many marks were checked.</summary>
    public required int Keys { get; init; }

    public required int Increments { get; init; }

    public required int Meters { get; init; }

    public required int Records { get; init; }

    /// <summary>0 when every identity holds.</summary>
    public required int FailureCount { get; init; }

    /// <summary>The first failures in sentences, one a line; empty when there are none.</summary>
    public required string Failures { get; init; }
}

internal sealed class BooksCheckConfiguration : IEntityTypeConfiguration<BooksCheck>
{
    public void Configure(EntityTypeBuilder<BooksCheck> builder)
    {
        builder.ToTable("BooksChecks");
        builder.Property(check => check.Id).ValueGeneratedNever();
        builder.Property(check => check.Failures).HasMaxLength(BooksCheck.MaxFailuresLength);
        builder.HasIndex(check => check.StartedAt);
    }
}
