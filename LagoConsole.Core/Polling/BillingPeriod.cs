using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Polling;

/// <summary>Where a billing period stands.</summary>
public enum BillingPeriodState
{
    /// <summary>Lago still counts into it.</summary>
    Open = 1,

    /// <summary>It has ended; Lago's final total is awaited.</summary>
    Ended = 2,

    /// <summary>Lago's final total is in the marks: nothing more can come.</summary>
    Closed = 3,
}

/// <summary>
/// One billing period of one Lago subscription, keyed by its first sighting (T6): the start of a period can
/// move when a time zone changes, and must not make the same money look new. Survives the deletion of its
/// integration, so that the same growth is never billed again when the organization is connected anew.
/// </summary>
public sealed class BillingPeriod
{
    public required Guid Id { get; init; }

    /// <summary>The integration that polls it now. No foreign key: periods outlive integrations.</summary>
    public required Guid IntegrationId { get; set; }

    public required Guid BuyerId { get; set; }

    /// <summary>Lago's own id of the subscription: an external id is reused across upgrades (T7).</summary>
    public required string SubscriptionLagoId { get; init; }

    public required string SubscriptionExternalId { get; init; }

    public required string LagoCustomerId { get; init; }

    /// <summary>As first seen; never changed.</summary>
    public required DateTimeOffset PeriodStart { get; init; }

    /// <summary>Exclusive, as last seen: Lago's inclusive second plus one. Brought forward when the subscription is terminated earlier.</summary>
    public required DateTimeOffset PeriodEnd { get; set; }

    /// <summary>Where the period would have ended by itself, when its subscription was terminated earlier; a projection is for all of it (R8).</summary>
    public DateTimeOffset? OwnEnd { get; set; }

    public required string Currency { get; init; }

    public BillingPeriodState State { get; set; } = BillingPeriodState.Open;

    /// <summary>Start of the poll whose snapshot was stored last: a poll that began before it is dropped whole (R2).</summary>
    public DateTimeOffset? LastSnapshotAt { get; set; }

    /// <summary>
    /// <see cref="ReadingDigest"/> of the last reading, where it left nothing to be acted on: a poll that shows the same again passes
    /// it by. Null where a key has something left to do, and as soon as one of its marks changes by anything else than a poll.
    /// </summary>
    public byte[]? SettledDigest { get; set; }

    /// <summary>
    /// Of the answer that <see cref="SettledDigest"/> was made from, as it came: the same bytes again need not be read. Null where a
    /// person chose for one of its metrics that it is billed at the period's close only (R8), which no answer shows. It says nothing where
    /// <see cref="SettledDigest"/> is null. Nothing is written to have it: it comes with the next reading that is stored.
    /// </summary>
    public byte[]? AnswerDigest { get; set; }

    /// <summary><see cref="ReadingDigest.OfShape"/> of the last poll's reading: all that it shows has been held against the plan. Null before the first.</summary>
    public byte[]? ShapeDigest { get; set; }

    /// <summary>Its subscription was terminated or upgraded before the period's own end (T7).</summary>
    public bool EndedEarly { get; set; }

    /// <summary>Closing found it: no poll ever saw it (R4).</summary>
    public bool NeverPolled { get; set; }

    /// <summary>When it was polled once more shortly before its end, so that little is left to its close (R4).</summary>
    public DateTimeOffset? ExtraPolledAt { get; set; }

    /// <summary>When closing was last tried, and what it found, in a sentence.</summary>
    public DateTimeOffset? LastCloseAttemptAt { get; set; }

    public string? CloseDetail { get; set; }

    /// <summary>Lago's invoice that the final totals were read from.</summary>
    public string? FinalInvoiceLagoId { get; set; }

    /// <summary>What coupons took off that invoice, in minor units: the marketplace billed gross. Null without an invoice.</summary>
    public long? CouponsMinor { get; set; }

    public DateTimeOffset? ClosedAt { get; set; }

    public int Version { get; set; }
}

internal sealed class BillingPeriodConfiguration : IEntityTypeConfiguration<BillingPeriod>
{
    public void Configure(EntityTypeBuilder<BillingPeriod> builder)
    {
        builder.ToTable("BillingPeriods");
        builder.Property(period => period.Id).ValueGeneratedNever();
        builder.Property(period => period.SubscriptionLagoId).HasMaxLength(100);
        builder.Property(period => period.SubscriptionExternalId).HasMaxLength(255);
        builder.Property(period => period.LagoCustomerId).HasMaxLength(255);
        builder.Property(period => period.Currency).HasMaxLength(3);
        builder.Property(period => period.State).HasConversion<string>().HasMaxLength(20);
        builder.Property(period => period.SettledDigest).HasMaxLength(ReadingDigest.Bytes).IsFixedLength();
        builder.Property(period => period.AnswerDigest).HasMaxLength(ReadingDigest.Bytes).IsFixedLength();
        builder.Property(period => period.ShapeDigest).HasMaxLength(ReadingDigest.Bytes).IsFixedLength();
        builder.Property(period => period.CloseDetail).HasMaxLength(1000);
        builder.Property(period => period.FinalInvoiceLagoId).HasMaxLength(100);
        builder.Property(period => period.Version).IsConcurrencyToken();
        builder.HasIndex(period => new { period.SubscriptionLagoId, period.PeriodStart }).IsUnique();
        builder.HasIndex(period => new { period.IntegrationId, period.State, period.PeriodEnd });
        builder.HasIndex(period => new { period.State, period.PeriodEnd }); // what ends soon, and what is not closed, whoever's it is
        builder.HasIndex(period => period.LagoCustomerId);
        builder.HasIndex(period => new { period.BuyerId, period.State });
    }
}
