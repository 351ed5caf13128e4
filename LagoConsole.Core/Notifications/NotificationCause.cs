using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Notifications;

/// <summary>A cause that was found, from then until it is over.</summary>
public sealed class NotificationCause
{
    public required Guid Id { get; init; }

    /// <summary><see cref="Cause.Key"/>: at most one row of it is not over.</summary>
    public required string Key { get; init; }

    public required CauseKinds Kind { get; init; }

    /// <summary>As it was when it was found, or became worse: what repeats is quiet.</summary>
    public required string Text { get; set; }

    public required string Link { get; init; }

    /// <summary>The highest <see cref="Cause.Grade"/> it had.</summary>
    public required int Grade { get; set; }

    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>Null while it lasts.</summary>
    public DateTimeOffset? OverAt { get; set; }
}

internal sealed class NotificationCauseConfiguration : IEntityTypeConfiguration<NotificationCause>
{
    public const int MaxTextLength = 3800;

    public void Configure(EntityTypeBuilder<NotificationCause> builder)
    {
        builder.ToTable("NotificationCauses");
        builder.Property(cause => cause.Id).ValueGeneratedNever();
        builder.Property(cause => cause.Key).HasMaxLength(300);
        builder.Property(cause => cause.Kind).HasConversion<string>().HasMaxLength(30);
        builder.Property(cause => cause.Text).HasMaxLength(MaxTextLength);
        builder.Property(cause => cause.Link).HasMaxLength(200);

        // Two nodes that find the same cause at once: one of them tells it.
        builder.HasIndex(cause => cause.Key).IsUnique().HasFilter("[OverAt] IS NULL");
        builder.HasIndex(cause => cause.OverAt);
    }
}
