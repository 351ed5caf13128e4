using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Books;

/// <summary>
/// A backup was restored at this moment (R20): what was billed between the backup and now is not in the books, so
/// nothing that could have been billed since flows before a person has said what was.
/// </summary>
public sealed class RestoreEpoch
{
    public required Guid Id { get; init; }

    /// <summary>Hours up to this one count as used on every meter; periods that began before it are held.</summary>
    public required DateTimeOffset RestoredAt { get; init; }

    public required string DeclaredBy { get; init; }

    public string? Note { get; init; }
}

internal sealed class RestoreEpochConfiguration : IEntityTypeConfiguration<RestoreEpoch>
{
    public void Configure(EntityTypeBuilder<RestoreEpoch> builder)
    {
        builder.ToTable("RestoreEpochs");
        builder.Property(epoch => epoch.Id).ValueGeneratedNever();
        builder.Property(epoch => epoch.DeclaredBy).HasMaxLength(200);
        builder.Property(epoch => epoch.Note).HasMaxLength(Held.RestoredBooks.MaxNoteLength);
        builder.HasIndex(epoch => epoch.RestoredAt);
    }
}
