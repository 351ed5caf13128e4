using System.Text.Json.Serialization;

namespace LagoConsole.Sandbox.Google;

/// <summary>Something that happened at the sandbox's Google Cloud Marketplace.</summary>
/// <param name="At">When, by the sandbox's clock.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(GoogleServiceSaved), "service-saved")]
[JsonDerivedType(typeof(GoogleEntitlementSaved), "entitlement-saved")]
[JsonDerivedType(typeof(GooglePriceSet), "price-set")]
[JsonDerivedType(typeof(GoogleTroubleSet), "trouble-set")]
[JsonDerivedType(typeof(GoogleOperationsAccepted), "operations-accepted")]
[JsonDerivedType(typeof(GoogleMistakeMade), "mistake-made")]
public abstract record GoogleEntry(DateTimeOffset At);

/// <summary>A service is new or changed.</summary>
/// <param name="At">When.</param>
/// <param name="Service">The service.</param>
public sealed record GoogleServiceSaved(DateTimeOffset At, GoogleService Service) : GoogleEntry(At);

/// <summary>A purchase is new or stands elsewhere.</summary>
/// <param name="At">When.</param>
/// <param name="Entitlement">The purchase.</param>
public sealed record GoogleEntitlementSaved(DateTimeOffset At, GoogleEntitlement Entitlement) : GoogleEntry(At);

/// <summary>A metric costs something else from then on.</summary>
/// <param name="At">When it was set.</param>
/// <param name="Price">The new price.</param>
public sealed record GooglePriceSet(DateTimeOffset At, GooglePrice Price) : GoogleEntry(At);

/// <summary>A buyer's project has a trouble, or none any more.</summary>
/// <param name="At">When.</param>
/// <param name="Consumer">Whose.</param>
/// <param name="Trouble">Null where all is well.</param>
public sealed record GoogleTroubleSet(DateTimeOffset At, string Consumer, GoogleConsumerTrouble? Trouble) : GoogleEntry(At);

/// <summary>A caller did what it must never do.</summary>
/// <param name="At">When.</param>
/// <param name="Mistake">What.</param>
public sealed record GoogleMistakeMade(DateTimeOffset At, GoogleMistake Mistake) : GoogleEntry(At);

/// <summary>One call's operations that were taken: all of them or, if the process ended before, none.</summary>
/// <param name="At">When.</param>
/// <param name="Operations">The operations.</param>
public sealed record GoogleOperationsAccepted(DateTimeOffset At, IReadOnlyList<GoogleBilledOperation> Operations) : GoogleEntry(At);
