using LagoConsole.Core.Buyers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Reporting;

/// <summary>
/// What one window (an hour or a UTC day) released for one entitlement. Its status is not stored: it follows from
/// the records that its increments went into (<see cref="UsageRecordGroupStatus"/>).
/// </summary>
public sealed class UsageRecordGroup
{
    public required Guid Id { get; init; }

    public required Guid EntitlementId { get; init; }

    public required DateTimeOffset WindowStart { get; init; }

    /// <summary>Exclusive: an hour or a day after the start.</summary>
    public required DateTimeOffset WindowEnd { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The names that the product's users know.</summary>
public enum UsageRecordGroupStatus
{
    /// <summary>Released; not yet one whole unit, or no free hour yet: no record holds any of it.</summary>
    Created = 1,

    /// <summary>Records are on their way.</summary>
    ReportPending = 2,

    /// <summary>Every record is accepted.</summary>
    Reported = 3,

    /// <summary>A record is blocked, in conflict or unresolved: a person decides.</summary>
    ReportFailed = 4,
}

/// <summary>Derives a group's status. Pure.</summary>
public static class UsageRecordGroupStatuses
{
    /// <param name="states">States of the records that hold money of the group; void records hold none and are left out.</param>
    public static UsageRecordGroupStatus Of(IEnumerable<UsageRecordState> states)
    {
        List<UsageRecordState> live = [.. states.Where(state => state != UsageRecordState.Void)];
        return live switch
        {
            [] => UsageRecordGroupStatus.Created,
            _ when live.Exists(state => state is UsageRecordState.Blocked or UsageRecordState.Conflict or UsageRecordState.Unresolved)
                => UsageRecordGroupStatus.ReportFailed,
            _ when live.TrueForAll(state => state == UsageRecordState.Accepted) => UsageRecordGroupStatus.Reported,
            _ => UsageRecordGroupStatus.ReportPending,
        };
    }

    public static string Label(this UsageRecordGroupStatus status) => status switch
    {
        UsageRecordGroupStatus.Created => "CREATED",
        UsageRecordGroupStatus.ReportPending => "REPORT_PENDING",
        UsageRecordGroupStatus.Reported => "REPORTED",
        UsageRecordGroupStatus.ReportFailed => "REPORT_FAILED",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a status."),
    };
}

internal sealed class UsageRecordGroupConfiguration : IEntityTypeConfiguration<UsageRecordGroup>
{
    public void Configure(EntityTypeBuilder<UsageRecordGroup> builder)
    {
        builder.ToTable("UsageRecordGroups");
        builder.Property(group => group.Id).ValueGeneratedNever();
        builder.HasIndex(group => new { group.EntitlementId, group.WindowStart, group.WindowEnd }).IsUnique();
        builder.HasIndex(group => group.WindowStart);
        builder.HasOne<Entitlement>().WithMany().HasForeignKey(group => group.EntitlementId).OnDelete(DeleteBehavior.Restrict);
    }
}
