using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Integrations;

/// <summary>One connected Lago organization. The row is the truth that schedules follow; deleting it is permanent.</summary>
public sealed class Integration
{
    public required Guid Id { get; init; }

    /// <summary>What people call it: the organization's name once Lago has told it, until then the region.</summary>
    public required string Name { get; set; }

    public required LagoRegion Region { get; init; }

    /// <summary>Full base address including <c>/api/v1</c>; empty for <see cref="LagoRegion.Sandbox"/>, whose address is the console's own.</summary>
    public required string BaseUrl { get; init; }

    /// <summary>Lago's id of the organization: unique, so that one organization is never polled twice. Null until known, or not readable with this key.</summary>
    public string? OrganizationLagoId { get; set; }

    /// <summary>The API key, encrypted by <see cref="ApiKeyVault"/>. Never leaves the server.</summary>
    public required string ApiKeyCipher { get; set; }

    /// <summary>The only part of the key that is ever shown.</summary>
    public required string ApiKeyLastFour { get; set; }

    public required BillingMode BillingMode { get; set; }

    /// <summary><b>Enable Auto Report Usage</b>: polling and releasing happen only while this is on (R16).</summary>
    public bool AutoReport { get; set; }

    public IntegrationStatus Status { get; set; } = IntegrationStatus.Created;

    /// <summary>A sentence for the operator: what is at fault, what it means for the money, what to do.</summary>
    public string? StatusDetail { get; set; }

    public DateTimeOffset? VerifiedAt { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a poll last started and reached at least Lago's list of subscriptions. Decides the daily release (R17).</summary>
    public DateTimeOffset? LastPollStartedAt { get; set; }

    /// <summary>When that poll ended. Before <see cref="LastPollStartedAt"/> while one is under way, or after one was killed.</summary>
    public DateTimeOffset? LastPollFinishedAt { get; set; }

    /// <summary>When accrued growth was last released for reporting (R17).</summary>
    public DateTimeOffset? LastReleasedAt { get; set; }

    /// <summary>Set by <i>start from now</i> (R16): increments of periods that had ended by then are written waived.</summary>
    public DateTimeOffset? StartedFromNowAt { get; set; }

    /// <summary>Whether Lago's spending-minimum true-ups are billed too (T16). Default: no, they are no usage.</summary>
    public bool IncludeTrueUps { get; set; }

    /// <summary>Growth is held when it is more than so many times what the key usually shows (R15). 0 holds nothing by this rule.</summary>
    public int JumpFactor { get; set; } = DefaultJumpFactor;

    /// <summary>Growth up to this, in minor units, is never held (R15).</summary>
    public long JumpFloorMinor { get; set; } = DefaultJumpFloorMinor;

    /// <summary>Growth above this, in minor units, is held at closings and first sights, where nothing tells what is usual (R15). 0: no limit.</summary>
    public long JumpAbsoluteMinor { get; set; } = DefaultJumpAbsoluteMinor;

    /// <summary>Counts changes: two people editing at once cannot overwrite each other unseen.</summary>
    public int Version { get; set; }

    /// <summary>Where it is connected to, for people: the region, and its address where it has one of its own.</summary>
    public string Place() => BaseUrl.Length == 0 ? Region.Label() : $"{Region.Label()} {BaseUrl}";

    public const int DefaultJumpFactor = 20;

    public const long DefaultJumpFloorMinor = 100_000;

    public const long DefaultJumpAbsoluteMinor = 10_000_000;
}

internal sealed class IntegrationConfiguration : IEntityTypeConfiguration<Integration>
{
    public void Configure(EntityTypeBuilder<Integration> builder)
    {
        builder.ToTable("Integrations");
        builder.Property(integration => integration.Id).ValueGeneratedNever();
        builder.Property(integration => integration.Name).HasMaxLength(200);
        builder.Property(integration => integration.Region).HasConversion<string>().HasMaxLength(20);
        builder.Property(integration => integration.BaseUrl).HasMaxLength(400);
        builder.Property(integration => integration.OrganizationLagoId).HasMaxLength(100);
        builder.Property(integration => integration.ApiKeyCipher).HasMaxLength(2000);
        builder.Property(integration => integration.ApiKeyLastFour).HasMaxLength(4);
        builder.Property(integration => integration.BillingMode).HasConversion<string>().HasMaxLength(20);
        builder.Property(integration => integration.Status).HasConversion<string>().HasMaxLength(20);
        builder.Property(integration => integration.StatusDetail).HasMaxLength(1000);
        builder.Property(integration => integration.JumpFactor).HasDefaultValue(Integration.DefaultJumpFactor).HasSentinel(-1);
        builder.Property(integration => integration.JumpFloorMinor).HasDefaultValue(Integration.DefaultJumpFloorMinor).HasSentinel(-1);
        builder.Property(integration => integration.JumpAbsoluteMinor).HasDefaultValue(Integration.DefaultJumpAbsoluteMinor).HasSentinel(-1);
        builder.Property(integration => integration.Version).IsConcurrencyToken();
        builder.HasIndex(integration => integration.OrganizationLagoId).IsUnique().HasFilter("[OrganizationLagoId] IS NOT NULL");
    }
}
