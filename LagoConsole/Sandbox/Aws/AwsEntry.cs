using System.Text.Json.Serialization;

namespace LagoConsole.Sandbox.Aws;

/// <summary>Something that happened at the sandbox's AWS Marketplace.</summary>
/// <param name="At">When, by the sandbox's clock.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(AwsProductSaved), "product-saved")]
[JsonDerivedType(typeof(AwsAgreementSaved), "agreement-saved")]
[JsonDerivedType(typeof(AwsPriceSet), "price-set")]
[JsonDerivedType(typeof(AwsTokenIssued), "token-issued")]
[JsonDerivedType(typeof(AwsRecordsAccepted), "records-accepted")]
public abstract record AwsEntry(DateTimeOffset At);

/// <summary>A listing is new or changed.</summary>
/// <param name="At">When.</param>
/// <param name="Product">The listing.</param>
public sealed record AwsProductSaved(DateTimeOffset At, AwsProduct Product) : AwsEntry(At);

/// <summary>A purchase is new, or has got its end.</summary>
/// <param name="At">When.</param>
/// <param name="Agreement">The purchase.</param>
public sealed record AwsAgreementSaved(DateTimeOffset At, AwsAgreement Agreement) : AwsEntry(At);

/// <summary>A dimension costs something else in hours that begin then or later.</summary>
/// <param name="At">When it was set.</param>
/// <param name="Price">The new price.</param>
public sealed record AwsPriceSet(DateTimeOffset At, AwsPrice Price) : AwsEntry(At);

/// <summary>A buyer comes to the registration page.</summary>
/// <param name="At">When.</param>
/// <param name="Token">What the buyer brings.</param>
public sealed record AwsTokenIssued(DateTimeOffset At, AwsRegistrationToken Token) : AwsEntry(At);

/// <summary>One call's records that were taken: all of them or, if the process ended before, none.</summary>
/// <param name="At">When.</param>
/// <param name="Records">The records.</param>
public sealed record AwsRecordsAccepted(DateTimeOffset At, IReadOnlyList<AwsBilledRecord> Records) : AwsEntry(At);
