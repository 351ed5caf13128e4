using System.Text.Json.Serialization;

namespace LagoConsole.Sandbox.Azure;

/// <summary>Something that happened at the sandbox's Azure Marketplace.</summary>
/// <param name="At">When, by the sandbox's clock.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(AzureOfferSaved), "offer-saved")]
[JsonDerivedType(typeof(AzureSubscriptionSaved), "subscription-saved")]
[JsonDerivedType(typeof(AzurePriceSet), "price-set")]
[JsonDerivedType(typeof(AzureEventsAccepted), "events-accepted")]
public abstract record AzureEntry(DateTimeOffset At);

/// <summary>An offer is new or changed.</summary>
/// <param name="At">When.</param>
/// <param name="Offer">The offer.</param>
public sealed record AzureOfferSaved(DateTimeOffset At, AzureOffer Offer) : AzureEntry(At);

/// <summary>A purchase is new or stands elsewhere.</summary>
/// <param name="At">When.</param>
/// <param name="Subscription">The purchase.</param>
public sealed record AzureSubscriptionSaved(DateTimeOffset At, AzureSubscription Subscription) : AzureEntry(At);

/// <summary>A dimension costs something else in hours that begin then or later.</summary>
/// <param name="At">When it was set.</param>
/// <param name="Price">The new price.</param>
public sealed record AzurePriceSet(DateTimeOffset At, AzurePrice Price) : AzureEntry(At);

/// <summary>One call's events that were taken: all of them or, if the process ended before, none.</summary>
/// <param name="At">When.</param>
/// <param name="Events">The events.</param>
public sealed record AzureEventsAccepted(DateTimeOffset At, IReadOnlyList<AzureBilledEvent> Events) : AzureEntry(At);
