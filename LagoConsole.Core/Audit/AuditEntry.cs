using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Audit;

/// <summary>
/// One change that a person made: who, from where, when, what, before and after. Never a secret. Append-only: triggers of the
/// database refuse to change or delete a row, whoever asks.
/// </summary>
public sealed class AuditEntry
{
    public long Id { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Actor { get; init; }

    /// <summary>The network address that the person came from; null where the console itself acted, or none was known.</summary>
    public string? Address { get; init; }

    /// <summary>A verb phrase, for example <c>Connect integration</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The kind of thing changed, for example <c>Integration</c>.</summary>
    public required string SubjectType { get; init; }

    public required string SubjectId { get; init; }

    public string? Before { get; init; }

    public string? After { get; init; }

    /// <summary>The reason a person gave, where one was asked for.</summary>
    public string? Note { get; init; }
}

internal sealed class AuditEntryConfiguration : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("AuditEntries", table => table.HasTrigger("AuditEntries_AppendOnly")); // made by hand in the migration AppendOnlyAudit
        builder.Property(entry => entry.Actor).HasMaxLength(200);
        builder.Property(entry => entry.Address).HasMaxLength(64);
        builder.Property(entry => entry.Action).HasMaxLength(100);
        builder.Property(entry => entry.SubjectType).HasMaxLength(50);
        builder.Property(entry => entry.SubjectId).HasMaxLength(100);
        builder.Property(entry => entry.Before).HasMaxLength(4000);
        builder.Property(entry => entry.After).HasMaxLength(4000);
        builder.Property(entry => entry.Note).HasMaxLength(2000);
        builder.HasIndex(entry => entry.At);
        builder.HasIndex(entry => entry.Action);
        builder.HasIndex(entry => new { entry.SubjectType, entry.SubjectId });
    }
}
