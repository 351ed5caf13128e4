using System.Text.Json.Serialization;

namespace LagoConsole.Sandbox.Lago;

/// <summary>Where a subscription stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LagoSubscriptionStatus>))]
public enum LagoSubscriptionStatus
{
    /// <summary>Starts later.</summary>
    Pending,

    /// <summary>Runs.</summary>
    Active,

    /// <summary>Ended.</summary>
    Terminated,
}

/// <summary>What a period is aligned to.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LagoBillingTime>))]
public enum LagoBillingTime
{
    /// <summary>The first of the month, or Monday.</summary>
    Calendar,

    /// <summary>The day of <see cref="LagoSubscription.SubscriptionAt"/>.</summary>
    Anniversary,
}

/// <summary>A customer's plan over a stretch of time. An upgrade ends one and starts another with the same external id.</summary>
public sealed class LagoSubscription
{
    /// <summary>The only stable identity.</summary>
    public required Guid LagoId { get; init; }

    /// <summary>The vendor's id: events name it, and it is used again by an upgrade.</summary>
    public required string ExternalId { get; init; }

    /// <summary>Whose it is.</summary>
    public required LagoCustomer Customer { get; init; }

    /// <summary>Its plan's key.</summary>
    public required string PlanCode { get; init; }

    /// <summary>What its periods are aligned to.</summary>
    public required LagoBillingTime BillingTime { get; init; }

    /// <summary>The anchor of anniversaries; kept by an upgrade.</summary>
    public required DateTimeOffset SubscriptionAt { get; init; }

    /// <summary>When this one begins to count.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was made known to Lago.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Where it stands.</summary>
    public LagoSubscriptionStatus Status { get; set; }

    /// <summary>Set by termination and upgrade.</summary>
    public DateTimeOffset? TerminatedAt { get; set; }

    /// <summary>The plan it was upgraded from.</summary>
    public string? PreviousPlanCode { get; init; }

    /// <summary>The plan it was upgraded to.</summary>
    public string? NextPlanCode { get; set; }

    /// <summary>Whether a termination is invoiced.</summary>
    public bool InvoiceOnTermination { get; set; } = true;

    /// <summary>First instant that is not yet on a periodic invoice.</summary>
    internal DateTimeOffset BilledUntil { get; set; }
}
