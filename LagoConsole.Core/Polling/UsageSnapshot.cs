using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Polling;

/// <summary>Where a total was read.</summary>
public enum SnapshotSource
{
    /// <summary>The running total of the open period (<c>current_usage</c>).</summary>
    Poll = 1,

    /// <summary>The final total of a closed period, from its invoice.</summary>
    Close = 2,

    /// <summary>What a person saw when the Lago Customer ID was saved (R7).</summary>
    Link = 3,

    /// <summary>No look at Lago: a person decided over what was held.</summary>
    Decision = 4,
}

/// <summary>
/// What one look at Lago saw of one subscription, period and metric. Stored at first sight and at each
/// change, up or down, so that the whole history of a total can be shown.
/// </summary>
public sealed class UsageSnapshot
{
    public long Id { get; init; }

    public required Guid PeriodId { get; init; }

    public required string MetricCode { get; init; }

    /// <summary>The metric's total in minor units: the sum over its charges (T2), never over their filters or groups (T3).</summary>
    public required long TotalMinor { get; init; }

    public required string Currency { get; init; }

    /// <summary>When the look began: growth seen by a look is never dated later than the look.</summary>
    public required DateTimeOffset TakenAt { get; init; }

    public required SnapshotSource Source { get; init; }

    /// <summary>The amount per charge: what closing needs for pay-in-advance charges, which no final invoice carries (T17).</summary>
    public required IReadOnlyList<ChargeAmount> Charges { get; init; }
}

/// <summary>One charge's part of a metric's total.</summary>
public sealed record ChargeAmount(string ChargeLagoId, string ChargeModel, long AmountMinor);

internal sealed class UsageSnapshotConfiguration : IEntityTypeConfiguration<UsageSnapshot>
{
    public void Configure(EntityTypeBuilder<UsageSnapshot> builder)
    {
        builder.ToTable("UsageSnapshots");
        builder.Property(snapshot => snapshot.MetricCode).HasMaxLength(255);
        builder.Property(snapshot => snapshot.Currency).HasMaxLength(3);
        builder.Property(snapshot => snapshot.Source).HasConversion<string>().HasMaxLength(10);
        builder.Property(snapshot => snapshot.Charges).HasConversion<ChargeAmountsConverter, ChargeAmountsComparer>();
        builder.HasIndex(snapshot => new { snapshot.PeriodId, snapshot.MetricCode, snapshot.TakenAt });
        builder.HasOne<BillingPeriod>().WithMany().HasForeignKey(snapshot => snapshot.PeriodId).OnDelete(DeleteBehavior.Restrict);
    }
}
