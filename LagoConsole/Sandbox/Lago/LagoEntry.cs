using System.Text.Json.Serialization;

namespace LagoConsole.Sandbox.Lago;

/// <summary>Something that was done to the sandbox's Lago. What follows from it with time (invoices) is derived, not stored.</summary>
/// <param name="At">When, by the sandbox's clock.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(LagoOpened), "opened")]
[JsonDerivedType(typeof(LagoApiKeyAdded), "api-key-added")]
[JsonDerivedType(typeof(LagoMetricSaved), "metric-saved")]
[JsonDerivedType(typeof(LagoPlanSaved), "plan-saved")]
[JsonDerivedType(typeof(LagoCustomerAdded), "customer-added")]
[JsonDerivedType(typeof(LagoCustomerDeleted), "customer-deleted")]
[JsonDerivedType(typeof(LagoSubscriptionAdded), "subscription-added")]
[JsonDerivedType(typeof(LagoSubscriptionUpgraded), "subscription-upgraded")]
[JsonDerivedType(typeof(LagoSubscriptionTerminated), "subscription-terminated")]
[JsonDerivedType(typeof(LagoInvoiceVoided), "invoice-voided")]
[JsonDerivedType(typeof(LagoInvoiceRemade), "invoice-remade")]
[JsonDerivedType(typeof(LagoEventReceived), "event-received")]
[JsonDerivedType(typeof(LagoCouponGranted), "coupon-granted")]
[JsonDerivedType(typeof(LagoGrowthSwitched), "growth-switched")]
public abstract record LagoEntry(DateTimeOffset At);

/// <summary>The organization exists.</summary>
/// <param name="At">When.</param>
/// <param name="Seed">All made-up ids and usage follow from it.</param>
/// <param name="Name">The organization's name.</param>
/// <param name="Grows">Whether usage comes by itself.</param>
public sealed record LagoOpened(DateTimeOffset At, long Seed, string Name, bool Grows) : LagoEntry(At);

/// <summary>A key that opens the API.</summary>
/// <param name="At">When.</param>
/// <param name="Key">The key.</param>
/// <param name="Resources">What it may read (and write); null for everything.</param>
public sealed record LagoApiKeyAdded(DateTimeOffset At, string Key, IReadOnlyList<string>? Resources) : LagoEntry(At);

/// <summary>A metric is new or changed.</summary>
/// <param name="At">When.</param>
/// <param name="Metric">The metric.</param>
public sealed record LagoMetricSaved(DateTimeOffset At, LagoMetric Metric) : LagoEntry(At);

/// <summary>A plan is new or changed; a changed price holds for the whole open period.</summary>
/// <param name="At">When.</param>
/// <param name="Plan">The plan.</param>
public sealed record LagoPlanSaved(DateTimeOffset At, LagoPlan Plan) : LagoEntry(At);

/// <summary>A customer is new.</summary>
/// <param name="At">When.</param>
/// <param name="Customer">The customer; what the sandbox gives is filled in.</param>
public sealed record LagoCustomerAdded(DateTimeOffset At, LagoCustomer Customer) : LagoEntry(At);

/// <summary>A customer is gone, and its subscriptions have ended.</summary>
/// <param name="At">When.</param>
/// <param name="ExternalId">Which.</param>
public sealed record LagoCustomerDeleted(DateTimeOffset At, string ExternalId) : LagoEntry(At);

/// <summary>A subscription is new.</summary>
/// <param name="At">When.</param>
/// <param name="CustomerExternalId">Whose.</param>
/// <param name="ExternalId">Its id; free among active ones.</param>
/// <param name="PlanCode">Its plan.</param>
/// <param name="BillingTime">What its periods are aligned to.</param>
/// <param name="StartsAt">Past, present or future.</param>
/// <param name="InvoicePast">Whether periods that ended before <paramref name="At"/> get their invoices; Lago itself makes none.</param>
public sealed record LagoSubscriptionAdded(
    DateTimeOffset At, string CustomerExternalId, string ExternalId, string PlanCode, LagoBillingTime BillingTime, DateTimeOffset StartsAt, bool InvoicePast)
    : LagoEntry(At);

/// <summary>An active subscription gives way to one of another plan, at once.</summary>
/// <param name="At">When.</param>
/// <param name="ExternalId">Which.</param>
/// <param name="PlanCode">The new plan.</param>
public sealed record LagoSubscriptionUpgraded(DateTimeOffset At, string ExternalId, string PlanCode) : LagoEntry(At);

/// <summary>An active subscription ends, at once.</summary>
/// <param name="At">When.</param>
/// <param name="ExternalId">Which.</param>
/// <param name="Invoice">False: its last usage is never invoiced.</param>
public sealed record LagoSubscriptionTerminated(DateTimeOffset At, string ExternalId, bool Invoice) : LagoEntry(At);

/// <summary>A customer's last final invoice is voided; another may be made for it later.</summary>
/// <param name="At">When.</param>
/// <param name="CustomerExternalId">Whose.</param>
public sealed record LagoInvoiceVoided(DateTimeOffset At, string CustomerExternalId) : LagoEntry(At);

/// <summary>The last final invoice of a customer was voided, and made anew from what is counted by now.</summary>
/// <param name="At">When.</param>
/// <param name="CustomerExternalId">Whose.</param>
public sealed record LagoInvoiceRemade(DateTimeOffset At, string CustomerExternalId) : LagoEntry(At);

/// <summary>An event came in.</summary>
/// <param name="At">When.</param>
/// <param name="Event">The event; its own timestamp decides its period.</param>
public sealed record LagoEventReceived(DateTimeOffset At, LagoEvent Event) : LagoEntry(At);

/// <summary>A customer has a coupon, used up by its next invoices.</summary>
/// <param name="At">When.</param>
/// <param name="CustomerExternalId">Whose.</param>
/// <param name="Code">The coupon's code.</param>
/// <param name="AmountCents">Minor units of the invoices' currency.</param>
public sealed record LagoCouponGranted(DateTimeOffset At, string CustomerExternalId, string Code, long AmountCents) : LagoEntry(At);

/// <summary>Usage comes by itself from now on, or no longer.</summary>
/// <param name="At">When.</param>
/// <param name="Grows">Which of the two.</param>
public sealed record LagoGrowthSwitched(DateTimeOffset At, bool Grows) : LagoEntry(At);
