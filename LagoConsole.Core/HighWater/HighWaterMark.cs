using LagoConsole.Core.Polling;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.HighWater;

/// <summary>Where the amount that a key starts from came from. It is never an increment.</summary>
public enum BaselineOrigin
{
    /// <summary>A person chose it with the Lago Customer ID (R7); zero included.</summary>
    Chosen = 1,

    /// <summary>The old subscription's mark of a recurring metric, whose units Lago counts again after an upgrade (T7).</summary>
    Carried = 2,

    /// <summary>The final total of an old subscription whose events the new one counts again (T9).</summary>
    Seeded = 3,

    /// <summary>A person decided it on a key that was held before it had any increment.</summary>
    Decided = 4,
}

/// <summary>Why a key's growth is held: the mark stands until a person, or what is awaited, ends the hold.</summary>
public enum HoldReason
{
    /// <summary>It grew far above what it usually shows (R15).</summary>
    Jump = 1,

    /// <summary>The books were restored: what was billed since the backup is not in them (R20).</summary>
    Restored = 2,

    /// <summary>Its subscription was created anew over an older one's period: it starts from the older one's mark, once that is closed (T9).</summary>
    Overlap = 3,

    /// <summary>Lago counts it in another currency than before (T30).</summary>
    Currency = 4,

    /// <summary>It showed projections only, and no final total will come (R8).</summary>
    NoFinal = 5,

    /// <summary>No poll saw its period, and part of it was charged in advance, which no final invoice carries (R4).</summary>
    PayInAdvanceUnknown = 6,

    /// <summary>A recurring metric of an upgraded subscription: it starts from the replaced one's mark, once that is closed (T7).</summary>
    Upgrade = 7,

    /// <summary>A projection whose purchase ends before its period: what of it is billed there must be said before the last hour (R18).</summary>
    EntitlementEnding = 8,
}

/// <summary>
/// The highest total recorded for a key: (Lago subscription, billing period, metric code). Only growth above it
/// is ever billed (R2). A period's mark never serves another period (R3).
/// </summary>
public sealed class HighWaterMark
{
    public required Guid Id { get; init; }

    /// <summary>Subscription and period of the key.</summary>
    public required Guid PeriodId { get; init; }

    /// <summary>Metric code of the key, exact case: <c>Seats</c> and <c>seats</c> are two metrics.</summary>
    public required string MetricCode { get; init; }

    public required string Currency { get; init; }

    /// <summary>What the key starts from: billed elsewhere, left out or counted under another key. Never an increment; fixed once there is one.</summary>
    public required long BaselineMinor { get; set; }

    public BaselineOrigin BaselineOrigin { get; set; } = BaselineOrigin.Chosen;

    /// <summary>When the key was first seen: what it usually grows by is told from then on (R15).</summary>
    public required DateTimeOffset FirstSeenAt { get; init; }

    /// <summary>The mark itself. Raised by a conditional update: it is its own concurrency token (R2).</summary>
    public required long AmountMinor { get; set; }

    /// <summary>
    /// The metric's running total is a projection (weighted sums show the whole period at once, T11): it raises the mark
    /// at the period's close only (R8).
    /// </summary>
    public bool ReportAtCloseOnly { get; set; }

    /// <summary>
    /// What the last look showed above the mark was left to the period's close, as the metric was billed there only (R8). What a
    /// person chooses for the metric later does not change that.
    /// </summary>
    public bool LeftToClose { get; set; }

    /// <summary>The total Lago showed last; below the mark after a fall.</summary>
    public required long LastTotalMinor { get; set; }

    public required DateTimeOffset LastTotalAt { get; set; }

    /// <summary>What each charge had in the last total: closing needs it for pay-in-advance charges, which no final invoice carries (T17).</summary>
    public required IReadOnlyList<ChargeAmount> LastCharges { get; set; }

    /// <summary>While set, nothing of the key's growth flows and the mark stands.</summary>
    public HoldReason? Hold { get; set; }

    public DateTimeOffset? HeldSince { get; set; }

    /// <summary>What a held key shows above its mark: follows Lago up and down, and is no increment (R15).</summary>
    public long HeldMinor { get; set; }

    /// <summary>What a person refused of a held jump: later totals count less this, until Lago has fallen by as much (R15).</summary>
    public long RefusedMinor { get; set; }

    /// <summary>The highest total Lago showed since something was refused.</summary>
    public long HighestTotalMinor { get; set; }

    /// <summary>
    /// Up to here a person gave the key up (<i>start from now</i>, R7, R16) while it was held for an older subscription: written
    /// waived when the hold ends and the key's start is known. 0 when nothing was.
    /// </summary>
    public long GivenUpToMinor { get; set; }

    /// <summary>
    /// Lago's last total is below what the key grows above: it rests until it has climbed back, or ended there (R19). Stored, so that
    /// such keys, few of very many, are found by an index; it follows from the amounts and cannot be set.
    /// </summary>
    public bool IsBelowMark
    {
        get => LastTotalMinor < AmountMinor + RefusedMinor;
        private set { } // what was stored is not asked
    }
}

/// <summary>What is asked of marks in several places.</summary>
internal static class HighWaterMarkQueries
{
    /// <summary>
    /// Corrects what is stored of <see cref="HighWaterMark.IsBelowMark"/> where it differs from the amounts: another program, or an older
    /// version of this one, may have written a mark without it. Returns how many were wrong.
    /// </summary>
    public static Task<int> MendBelowMarkAsync(this IQueryable<HighWaterMark> marks, CancellationToken cancellationToken) => marks
        .Where(mark => mark.IsBelowMark != mark.LastTotalMinor < mark.AmountMinor + mark.RefusedMinor)
        .ExecuteUpdateAsync(set => set.SetProperty(mark => mark.IsBelowMark, mark => !mark.IsBelowMark), cancellationToken);

    /// <summary>Those below what they grow above. Written as a comparison, as <see cref="UsageIncrementQueries.WhereOpen"/> is.</summary>
    public static IQueryable<HighWaterMark> WhereBelowMark(this IQueryable<HighWaterMark> marks) => marks.Where(mark => mark.IsBelowMark == EF.Parameter(true));
}

internal sealed class HighWaterMarkConfiguration : IEntityTypeConfiguration<HighWaterMark>
{
    public void Configure(EntityTypeBuilder<HighWaterMark> builder)
    {
        builder.ToTable("HighWaterMarks");
        builder.Property(mark => mark.Id).ValueGeneratedNever();
        builder.Property(mark => mark.MetricCode).HasMaxLength(255);
        builder.Property(mark => mark.Currency).HasMaxLength(3);
        builder.Property(mark => mark.LastCharges).HasConversion<ChargeAmountsConverter, ChargeAmountsComparer>();
        builder.Property(mark => mark.AmountMinor).IsConcurrencyToken();
        builder.Property(mark => mark.BaselineOrigin).HasConversion<string>().HasMaxLength(10).HasDefaultValue(BaselineOrigin.Chosen).HasSentinel(default(BaselineOrigin));
        builder.Property(mark => mark.Hold).HasConversion<string>().HasMaxLength(30);

        // A changed currency is a second mark: what was counted in the old one stays what it was (T30).
        builder.HasIndex(mark => new { mark.PeriodId, mark.MetricCode, mark.Currency }).IsUnique();
        builder.HasIndex(mark => mark.IsBelowMark);
        builder.HasIndex(mark => mark.Hold).HasFilter("[Hold] IS NOT NULL"); // few of many: SQLite would not believe it without the filter
        builder.HasOne<BillingPeriod>().WithMany().HasForeignKey(mark => mark.PeriodId).OnDelete(DeleteBehavior.Restrict);
    }
}
