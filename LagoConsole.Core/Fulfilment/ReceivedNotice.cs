using LagoConsole.Core.Products;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Fulfilment;

/// <summary>What became of a notice.</summary>
public enum NoticeState
{
    /// <summary>Kept; the next run acts on it, again and again where the marketplace cannot be asked.</summary>
    Pending = 1,

    Done = 2,

    /// <summary>It could not be carried out: a person mends what its outcome names and tries again, or dismisses it.</summary>
    NeedsPerson = 3,
}

/// <summary>A marketplace's notice as it was kept, before it was deleted where it came from. Acted on once, however often it is delivered.</summary>
public sealed class ReceivedNotice
{
    public required Guid Id { get; init; }

    public required Marketplace Marketplace { get; init; }

    /// <summary><see cref="PurchaseNotice.NoticeId"/>; unique in its marketplace.</summary>
    public required string NoticeId { get; init; }

    public required NoticeKind Kind { get; init; }

    public required string Said { get; init; }

    /// <summary>When it happened, as the marketplace says.</summary>
    public DateTimeOffset? SaidAt { get; init; }

    public string? PurchaseId { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The whole message, read anew each time it is acted on.</summary>
    public required string Payload { get; init; }

    public NoticeState State { get; set; } = NoticeState.Pending;

    /// <summary>What the console did, or why not, in a sentence; null before it was looked at.</summary>
    public string? Outcome { get; set; }

    public DateTimeOffset? ActedAt { get; set; }

    /// <summary>Whose purchase it was about, once that is known.</summary>
    public Guid? BuyerId { get; set; }

    public int Version { get; set; }
}

internal sealed class ReceivedNoticeConfiguration : IEntityTypeConfiguration<ReceivedNotice>
{
    public const int MaxOutcome = 2000;

    public void Configure(EntityTypeBuilder<ReceivedNotice> builder)
    {
        builder.ToTable("ReceivedNotices");
        builder.Property(notice => notice.Id).ValueGeneratedNever();
        builder.Property(notice => notice.Marketplace).HasConversion<string>().HasMaxLength(20);
        builder.Property(notice => notice.NoticeId).HasMaxLength(NoticeReader.MaxId);
        builder.Property(notice => notice.Kind).HasConversion<string>().HasMaxLength(20);
        builder.Property(notice => notice.Said).HasMaxLength(NoticeReader.MaxId);
        builder.Property(notice => notice.PurchaseId).HasMaxLength(NoticeReader.MaxPurchaseId);
        builder.Property(notice => notice.State).HasConversion<string>().HasMaxLength(20);
        builder.Property(notice => notice.Outcome).HasMaxLength(MaxOutcome);
        builder.Property(notice => notice.Version).IsConcurrencyToken();
        builder.HasIndex(notice => new { notice.Marketplace, notice.NoticeId }).IsUnique();
        builder.HasIndex(notice => notice.State);
        builder.HasIndex(notice => notice.ReceivedAt);
        builder.HasOne<Buyers.Buyer>().WithMany().HasForeignKey(notice => notice.BuyerId).OnDelete(DeleteBehavior.Restrict);
    }
}
