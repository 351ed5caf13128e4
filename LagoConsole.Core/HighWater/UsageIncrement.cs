using LagoConsole.Core.Buyers;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.HighWater;

/// <summary>Why the money of an increment is not on a meter yet (R6). Each has a sentence and a button in the page.</summary>
public enum WaitReason
{
    NoConversion = 1,
    NoEntitlement = 2,
    EntitlementNotActive = 3,
    EntitlementStartsLater = 4,
    SeveralEntitlements = 5,
    ForeignCurrency = 6,
    AutoReportOff = 7,
    LinkRemoved = 8,

    /// <summary>It was on an entitlement that has ended and could not be reported any more (R18).</summary>
    EntitlementEnded = 9,

    /// <summary>The books were restored: a person says what was billed since (R20).</summary>
    Restored = 10,
}

/// <summary>
/// Growth above the mark, in minor units: the only thing that ever adds money to the books. It is on a meter,
/// or waits with a reason; a part of it may have been waived by a person.
/// </summary>
public sealed class UsageIncrement
{
    public required Guid Id { get; init; }

    public required Guid MarkId { get; init; }

    /// <summary>The integration that saw it. No foreign key: increments are the vendor's billing record and outlive integrations.</summary>
    public required Guid IntegrationId { get; init; }

    public required Guid BuyerId { get; init; }

    public required string MetricCode { get; init; }

    public required string Currency { get; init; }

    /// <summary>The mark before; <see cref="ToMinor"/> − this is the increment.</summary>
    public required long FromMinor { get; init; }

    public required long ToMinor { get; init; }

    /// <summary>Above zero.</summary>
    public required long AmountMinor { get; init; }

    /// <summary>When the look at Lago that saw it began.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    public required SnapshotSource Source { get; init; }

    /// <summary>Set when the money is on a meter; null while it waits or when all of it was waived at once.</summary>
    public Guid? MeterId { get; set; }

    public WaitReason? WaitReason { get; set; }

    public DateTimeOffset? WaitingSince { get; set; }

    /// <summary>What of it a person gave up; never more than was not yet on a record.</summary>
    public decimal WaivedMinor { get; set; }

    /// <summary>What of it was billed by records that a restored backup does not know of, as a person found out (R20).</summary>
    public decimal BilledBeforeRestoreMinor { get; set; }

    /// <summary>
    /// What of it is neither on a record nor waived: its part of the open money. Kept beside the links, so that the
    /// next record need not read the whole history; the books check that both agree (R14 b).
    /// </summary>
    public required decimal OpenMinor { get; set; }

    /// <summary>Whether <see cref="OpenMinor"/> is above zero: SQLite cannot search decimals by an index.</summary>
    public required bool IsOpen { get; set; }

    /// <summary>The window that released it for reporting; null while it accrues.</summary>
    public Guid? GroupId { get; set; }

    /// <summary>A person said <i>report it</i> (on a delete or a changed link): flows whatever becomes of its integration.</summary>
    public bool ReportRegardless { get; set; }

    /// <summary>A person said to which entitlement its money goes, whatever the routes say.</summary>
    public Guid? RoutedEntitlementId { get; set; }

    /// <summary>First in, first out within a meter (R11): the order in which money came onto it.</summary>
    public long? MeterSequence { get; set; }

    public int Version { get; set; }
}

/// <summary>What is asked of increments in several places.</summary>
internal static class UsageIncrementQueries
{
    /// <summary>
    /// Those with a part that is open: few, among all that there ever were. Written as a comparison, which EF Core would leave out:
    /// SQLite finds by an index only what is compared.
    /// </summary>
    public static IQueryable<UsageIncrement> WhereOpen(this IQueryable<UsageIncrement> increments) =>
        increments.Where(increment => increment.IsOpen == EF.Parameter(true));
}

internal sealed class UsageIncrementConfiguration : IEntityTypeConfiguration<UsageIncrement>
{
    public void Configure(EntityTypeBuilder<UsageIncrement> builder)
    {
        builder.ToTable("UsageIncrements");
        builder.Property(increment => increment.Id).ValueGeneratedNever();
        builder.Property(increment => increment.MetricCode).HasMaxLength(255);
        builder.Property(increment => increment.Currency).HasMaxLength(3);
        builder.Property(increment => increment.Source).HasConversion<string>().HasMaxLength(10);
        builder.Property(increment => increment.WaitReason).HasConversion<string>().HasMaxLength(30);
        builder.Property(increment => increment.WaivedMinor).HasPrecision(25, 6);
        builder.Property(increment => increment.BilledBeforeRestoreMinor).HasPrecision(25, 6);
        builder.Property(increment => increment.OpenMinor).HasPrecision(25, 6);
        builder.Property(increment => increment.Version).IsConcurrencyToken();

        // One rise of one mark is one increment, however often its poll is repeated.
        builder.HasIndex(increment => new { increment.MarkId, increment.FromMinor }).IsUnique();
        builder.HasIndex(increment => new { increment.MeterId, increment.IsOpen, increment.MeterSequence });
        builder.HasIndex(increment => new { increment.WaitReason, increment.BuyerId }).HasFilter("[WaitReason] IS NOT NULL"); // what waits is little
        builder.HasIndex(increment => new { increment.IntegrationId, increment.IsOpen, increment.GroupId });
        builder.HasIndex(increment => increment.GroupId);

        // What was counted in an hour or a day, by whom: added up from the index alone, but for the meter's marketplace.
        builder.HasIndex(increment => new { increment.SeenAt, increment.IntegrationId, increment.Currency, increment.Source, increment.MeterId, increment.AmountMinor })
            .HasDatabaseName("IX_UsageIncrements_Seen");
        builder.HasOne<HighWaterMark>().WithMany().HasForeignKey(increment => increment.MarkId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Meter>().WithMany().HasForeignKey(increment => increment.MeterId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<UsageRecordGroup>().WithMany().HasForeignKey(increment => increment.GroupId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Buyer>().WithMany().HasForeignKey(increment => increment.BuyerId).OnDelete(DeleteBehavior.Restrict);
    }
}
