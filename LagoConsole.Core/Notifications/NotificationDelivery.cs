using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Notifications;

/// <summary>What a message says of its cause.</summary>
public enum MessageEvent
{
    Opened = 1,

    /// <summary>Its grade rose.</summary>
    Worse = 2,

    Over = 3,

    /// <summary>A person pressed Test: about nothing.</summary>
    Test = 4,
}

public enum DeliveryState
{
    /// <summary>Stored; sent, or sent again, when its time comes.</summary>
    Pending = 1,

    /// <summary>The receiver took it.</summary>
    Delivered = 2,

    /// <summary>Given up; the last problem says why.</summary>
    Failed = 3,
}

/// <summary>One message to one channel: stored before it is sent, and the log of it afterwards.</summary>
public sealed class NotificationDelivery
{
    public const int MaxProblemLength = 500;

    /// <summary>The message's own id, the same at each attempt: a receiver knows by it what it has already.</summary>
    public required Guid Id { get; init; }

    /// <summary>No foreign key: the log outlives the channel.</summary>
    public required Guid ChannelId { get; init; }

    /// <summary>The channel's name at that time.</summary>
    public required string ChannelName { get; init; }

    /// <summary>Null for a test.</summary>
    public required Guid? CauseId { get; init; }

    public required MessageEvent Event { get; init; }

    /// <summary>The cause's grade that is told.</summary>
    public required int Grade { get; init; }

    public required string Title { get; init; }

    public required string Text { get; init; }

    /// <summary>From the console's root.</summary>
    public required string Link { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DeliveryState State { get; set; } = DeliveryState.Pending;

    /// <summary>Counted before the bytes leave: an attempt that a crash cut short is one too.</summary>
    public int AttemptCount { get; set; }

    public DateTimeOffset? LastAttemptAt { get; set; }

    /// <summary>When it may be sent (again). While an attempt is under way: when another node may take it that this one is dead.</summary>
    public required DateTimeOffset NextAttemptAt { get; set; }

    public DateTimeOffset? DeliveredAt { get; set; }

    /// <summary>A sentence about the last attempt that failed. Never a secret.</summary>
    public string? LastProblem { get; set; }
}

internal sealed class NotificationDeliveryConfiguration : IEntityTypeConfiguration<NotificationDelivery>
{
    public void Configure(EntityTypeBuilder<NotificationDelivery> builder)
    {
        builder.ToTable("NotificationDeliveries");
        builder.Property(delivery => delivery.Id).ValueGeneratedNever();
        builder.Property(delivery => delivery.ChannelName).HasMaxLength(NotificationChannel.MaxNameLength);
        builder.Property(delivery => delivery.Event).HasConversion<string>().HasMaxLength(10);
        builder.Property(delivery => delivery.Title).HasMaxLength(200);
        builder.Property(delivery => delivery.Text).HasMaxLength(NotificationCauseConfiguration.MaxTextLength + 200);
        builder.Property(delivery => delivery.Link).HasMaxLength(200);
        builder.Property(delivery => delivery.State).HasConversion<string>().HasMaxLength(10);
        builder.Property(delivery => delivery.LastProblem).HasMaxLength(NotificationDelivery.MaxProblemLength);

        // One cause, one message: also if two nodes look at once.
        builder.HasIndex(delivery => new { delivery.CauseId, delivery.ChannelId, delivery.Event, delivery.Grade }).IsUnique().HasFilter("[CauseId] IS NOT NULL");
        builder.HasIndex(delivery => new { delivery.State, delivery.ChannelId, delivery.CreatedAt });
        builder.HasIndex(delivery => delivery.CreatedAt);
        builder.HasOne<NotificationCause>().WithMany().HasForeignKey(delivery => delivery.CauseId).OnDelete(DeleteBehavior.Restrict);
    }
}
