using LagoConsole.Core.Polling;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.HighWater;

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

    /// <summary>What was already billed elsewhere, or deliberately left out, when the key was created (R7). Never an increment.</summary>
    public required long BaselineMinor { get; init; }

    /// <summary>The mark itself. Raised by a conditional update: it is its own concurrency token (R2).</summary>
    public required long AmountMinor { get; set; }

    /// <summary>
    /// The metric's running total is a projection (weighted sums show the whole period at once, T11): it raises the mark
    /// at the period's close only (R8).
    /// </summary>
    public bool ReportAtCloseOnly { get; set; }

    /// <summary>The total Lago showed last; below the mark after a fall.</summary>
    public required long LastTotalMinor { get; set; }

    public required DateTimeOffset LastTotalAt { get; set; }

    /// <summary>What each charge had in the last total: closing needs it for pay-in-advance charges, which no final invoice carries (T17).</summary>
    public required IReadOnlyList<ChargeAmount> LastCharges { get; set; }
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
        builder.HasIndex(mark => new { mark.PeriodId, mark.MetricCode }).IsUnique();
        builder.HasOne<BillingPeriod>().WithMany().HasForeignKey(mark => mark.PeriodId).OnDelete(DeleteBehavior.Restrict);
    }
}
