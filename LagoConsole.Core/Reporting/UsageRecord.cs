using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Reporting;

/// <summary>
/// One immutable line for a marketplace (R12): stored before it is sent, resent byte for byte, its slot never
/// used again. Only what happened to it changes.
/// </summary>
public sealed class UsageRecord
{
    public required Guid Id { get; init; }

    public required Guid MeterId { get; init; }

    public required Guid EntitlementId { get; init; }

    /// <summary>Whose growth it used first. One that mixes two is rare: its buyer moved between them.</summary>
    public required Guid IntegrationId { get; init; }

    public required Marketplace Marketplace { get; init; }

    public required string DimensionKey { get; init; }

    /// <summary>Start of the UTC hour that the marketplace keeps this record under.</summary>
    public required DateTimeOffset SlotHour { get; init; }

    /// <summary>The instant sent; inside the slot hour.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>Whole units, 1 to 2,147,483,647.</summary>
    public required long Quantity { get; init; }

    /// <summary>The price in force at the slot hour, frozen (R9). Minor units per unit of quantity.</summary>
    public required decimal UnitPriceMinor { get; init; }

    public required string Currency { get; init; }

    /// <summary>Which records may travel in one call: product, region and kind of identity.</summary>
    public required string BatchKey { get; init; }

    /// <summary>The record exactly as the marketplace is told it.</summary>
    public required string Payload { get; init; }

    /// <summary>SHA-256 of <see cref="Payload"/>, lower-case hex: shows that nothing changed it after it was stored (R14 d).</summary>
    public required string PayloadSha256 { get; init; }

    /// <summary>Money that the meter's previous records had left below one unit.</summary>
    public required decimal RemainderBeforeMinor { get; init; }

    /// <summary>All open money at the moment of allocation: remainder before + the increments that were released since.</summary>
    public required decimal OpenBeforeMinor { get; init; }

    /// <summary>What stays as money: open before − quantity × price; at least 0 and, unless capped, below the price.</summary>
    public required decimal RemainderAfterMinor { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The last moment at which the marketplace takes this record, without margin. Comes nearer when the purchase ends.</summary>
    public required DateTimeOffset Deadline { get; set; }

    public UsageRecordState State { get; set; } = UsageRecordState.Pending;

    /// <summary>An attempt may have been processed without our knowing: from then on only proof settles the record (R13).</summary>
    public bool HadUnknownAttempt { get; set; }

    public int AttemptCount { get; set; }

    public DateTimeOffset? LastAttemptAt { get; set; }

    /// <summary>When it may be sent (again); null when it will not be sent.</summary>
    public DateTimeOffset? NextAttemptAt { get; set; }

    /// <summary>The node that is sending it, and until when nobody else may.</summary>
    public string? LeaseOwner { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>The marketplace's own id of the record.</summary>
    public string? ProviderRecordId { get; set; }

    /// <summary>Accepted by inference (R13), not by a receipt; totalled apart.</summary>
    public bool OutcomeAssumed { get; set; }

    public string? ErrorCode { get; set; }

    /// <summary>A sentence for the operator.</summary>
    public string? ErrorMessage { get; set; }

    public DateTimeOffset? SettledAt { get; set; }

    /// <summary>Who settled it by decision; null where a receipt or a deadline did.</summary>
    public string? DecidedBy { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }

    /// <summary>The state that the decision ended. A conflict stays known by it: it shows that somebody else writes this usage (R13).</summary>
    public UsageRecordState? DecidedFrom { get; set; }

    /// <summary>How the person knew.</summary>
    public string? DecisionNote { get; set; }

    /// <summary>
    /// A late proof said that this void record was accepted, when its money was elsewhere already (R13): it is billed twice,
    /// and only the vendor can mend that at the marketplace.
    /// </summary>
    public DateTimeOffset? BilledAfterVoidAt { get; set; }

    public int Version { get; set; }

    /// <summary>What this record bills: quantity × frozen price, in minor units.</summary>
    public decimal AmountMinor => Quantity * UnitPriceMinor;
}

internal sealed class UsageRecordConfiguration : IEntityTypeConfiguration<UsageRecord>
{
    public void Configure(EntityTypeBuilder<UsageRecord> builder)
    {
        builder.ToTable("UsageRecords");
        builder.Property(record => record.Id).ValueGeneratedNever();
        builder.Property(record => record.Marketplace).HasConversion<string>().HasMaxLength(20);
        builder.Property(record => record.DimensionKey).HasMaxLength(255);
        builder.Property(record => record.UnitPriceMinor).HasPrecision(19, 6);
        builder.Property(record => record.Currency).HasMaxLength(3);
        builder.Property(record => record.BatchKey).HasMaxLength(400);
        builder.Property(record => record.Payload).HasMaxLength(4000);
        builder.Property(record => record.PayloadSha256).HasMaxLength(64);
        builder.Property(record => record.RemainderBeforeMinor).HasPrecision(25, 6);
        builder.Property(record => record.OpenBeforeMinor).HasPrecision(25, 6);
        builder.Property(record => record.RemainderAfterMinor).HasPrecision(25, 6);
        builder.Property(record => record.State).HasConversion<string>().HasMaxLength(20);
        builder.Property(record => record.LeaseOwner).HasMaxLength(100);
        builder.Property(record => record.ProviderRecordId).HasMaxLength(200);
        builder.Property(record => record.ErrorCode).HasMaxLength(100);
        builder.Property(record => record.ErrorMessage).HasMaxLength(2000);
        builder.Property(record => record.DecidedBy).HasMaxLength(200);
        builder.Property(record => record.DecidedFrom).HasConversion<string>().HasMaxLength(20);
        builder.Property(record => record.DecisionNote).HasMaxLength(RecordDecisions.MaxNoteLength);
        builder.Property(record => record.Version).IsConcurrencyToken();
        builder.Ignore(record => record.AmountMinor);

        // The last guard against billing twice (R12): a marketplace keeps one record per identity,
        // dimension and hour. A meter is exactly that identity and dimension, and is unique itself.
        builder.HasIndex(record => new { record.MeterId, record.SlotHour }).IsUnique();
        builder.HasIndex(record => new { record.State, record.NextAttemptAt });
        builder.HasIndex(record => new { record.BatchKey, record.Deadline, record.Id, record.NextAttemptAt, record.State })
            .HasFilter("[NextAttemptAt] IS NOT NULL").HasDatabaseName("IX_UsageRecords_Due"); // what one call takes next

        // What of a meter is not settled: little of much. And what the records of some meters come to, added up from the index alone.
        builder.HasIndex(record => new { record.MeterId, record.State, record.Currency, record.UnitPriceMinor, record.OutcomeAssumed, record.Quantity })
            .HasDatabaseName("IX_UsageRecords_OfMeter");

        // What all records come to, or those of a dimension: what belongs to one sum stands together.
        builder.HasIndex(record => new { record.State, record.Currency, record.UnitPriceMinor, record.OutcomeAssumed, record.DimensionKey, record.Quantity })
            .HasDatabaseName("IX_UsageRecords_Sums");
        builder.HasIndex(record => new { record.EntitlementId, record.SlotHour });
        builder.HasIndex(record => record.CreatedAt);
        builder.HasIndex(record => new { record.SlotHour, record.Id }); // the newest first, as they are listed

        // What was billed in an hour or a day, by whom: added up from the index alone.
        builder.HasIndex(record => new { record.State, record.SettledAt, record.IntegrationId, record.Marketplace, record.Currency, record.UnitPriceMinor, record.OutcomeAssumed, record.Quantity })
            .HasDatabaseName("IX_UsageRecords_Settled");
        builder.HasOne<Meter>().WithMany().HasForeignKey(record => record.MeterId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Entitlement>().WithMany().HasForeignKey(record => record.EntitlementId).OnDelete(DeleteBehavior.Restrict);
    }
}
