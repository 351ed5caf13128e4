namespace LagoConsole.Sandbox.Google;

/// <summary>A metric that a service bills.</summary>
/// <param name="Id">Without the service's name.</param>
/// <param name="UnitPriceCents">Price of a unit in US cents; below one cent is possible.</param>
public sealed record GoogleMetric(string Id, decimal UnitPriceCents);

/// <summary>A managed service with its listing.</summary>
/// <param name="Name">Its name, as calls have it.</param>
/// <param name="Title">Shown to people.</param>
/// <param name="Metrics">What it bills.</param>
/// <param name="Controller">The service account that may check and report, by the role Service Controller on it.</param>
public sealed record GoogleService(string Name, string Title, IReadOnlyList<GoogleMetric> Metrics, string Controller = SandboxKeys.GoogleEmail);

/// <summary>A later price of a metric: the service's, or one entitlement's.</summary>
/// <param name="Service">The service.</param>
/// <param name="Metric">Which metric.</param>
/// <param name="Consumer">The one consumer that it holds for; null for the listing's price.</param>
/// <param name="UnitPriceCents">Price of a unit in US cents.</param>
/// <param name="From">It is in force for intervals whose last moment lies then or later.</param>
public sealed record GooglePrice(string Service, string Metric, string? Consumer, decimal UnitPriceCents, DateTimeOffset From);

/// <summary>Where an entitlement stands.</summary>
public enum GoogleEntitlementState
{
    /// <summary>Bought, not approved.</summary>
    ActivationRequested,

    /// <summary>It runs.</summary>
    Active,

    /// <summary>Its account does not pay.</summary>
    Suspended,

    /// <summary>Cancelled.</summary>
    Cancelled,
}

/// <summary>One purchase by a buyer.</summary>
/// <param name="Id">Its id at the procurement service.</param>
/// <param name="Service">What was bought.</param>
/// <param name="UsageReportingId">The consumer that usage is reported for.</param>
/// <param name="Account">Who bought it.</param>
/// <param name="State">Where it stands.</param>
/// <param name="StartsAt">Usage before it is refused.</param>
/// <param name="EndsAt">When it was cancelled; null while it runs. One hour is left to report what came before it.</param>
public sealed record GoogleEntitlement(
    string Id, string Service, string UsageReportingId, string Account, GoogleEntitlementState State, DateTimeOffset StartsAt, DateTimeOffset? EndsAt = null)
{
    /// <summary>Where it stands then: an end that is still to come has not happened.</summary>
    public GoogleEntitlementState StateAt(DateTimeOffset now) => State is GoogleEntitlementState.Active or GoogleEntitlementState.Cancelled && EndsAt is { } end
        ? now < end ? GoogleEntitlementState.Active : GoogleEntitlementState.Cancelled
        : State;
}

/// <summary>What is wrong with a buyer's project, whatever was bought: a check names it.</summary>
public enum GoogleConsumerTrouble
{
    /// <summary><c>SERVICE_NOT_ACTIVATED</c>.</summary>
    ServiceNotActivated,

    /// <summary><c>BILLING_DISABLED</c>.</summary>
    BillingDisabled,

    /// <summary><c>PROJECT_DELETED</c>.</summary>
    ProjectDeleted,

    /// <summary><c>SERVICE_STATUS_UNAVAILABLE</c>: Google cannot tell now. Usage that is reported all the same is taken.</summary>
    ServiceStatusUnavailable,

    /// <summary><c>BILLING_STATUS_UNAVAILABLE</c>: Google cannot tell now. Usage that is reported all the same is taken.</summary>
    BillingStatusUnavailable,
}

/// <summary>An operation that Google has taken, and so bills, once.</summary>
/// <param name="OperationId">The caller's id, by which a repetition is known.</param>
/// <param name="Service">The service.</param>
/// <param name="Consumer">Whom it bills.</param>
/// <param name="Metric">What.</param>
/// <param name="StartTime">Of its interval.</param>
/// <param name="EndTime">Exclusive.</param>
/// <param name="Quantity">Units.</param>
/// <param name="UnitPriceCents">US cents a unit at the interval's last moment.</param>
/// <param name="Content">The operation as it was sent: another content under the same id is a caller's mistake.</param>
/// <param name="AcceptedAt">When.</param>
public sealed record GoogleBilledOperation(
    string OperationId, string Service, string Consumer, string Metric, DateTimeOffset StartTime, DateTimeOffset EndTime, long Quantity,
    decimal UnitPriceCents, string Content, DateTimeOffset AcceptedAt)
{
    /// <summary>The hour that its interval ends with.</summary>
    public DateTimeOffset Hour => GoogleWindow.HourOf(EndTime.AddTicks(-1));

    /// <summary>What the buyer pays, US cents.</summary>
    public decimal AmountCents => Quantity * UnitPriceCents;
}

/// <summary>What a caller must never do: it reported an operation under the id of another. Nothing of it was taken.</summary>
/// <param name="At">When.</param>
/// <param name="Service">The service.</param>
/// <param name="OperationId">The id.</param>
/// <param name="Taken">What is billed under that id.</param>
/// <param name="Sent">What came under it later.</param>
public sealed record GoogleMistake(DateTimeOffset At, string Service, string OperationId, string Taken, string Sent);
