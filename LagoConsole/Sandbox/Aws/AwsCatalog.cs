namespace LagoConsole.Sandbox.Aws;

/// <summary>What a listing bills.</summary>
/// <param name="Key">Case-sensitive, 1 to 255 characters.</param>
/// <param name="UnitPriceCents">Price of a unit in US cents; below one cent is possible.</param>
public sealed record AwsDimension(string Key, decimal UnitPriceCents);

/// <summary>A listing.</summary>
/// <param name="ProductCode">Its code.</param>
/// <param name="Title">Shown to people.</param>
/// <param name="Dimensions">What it bills.</param>
public sealed record AwsProduct(string ProductCode, string Title, IReadOnlyList<AwsDimension> Dimensions);

/// <summary>A later price of a dimension: the listing's, or a private offer's.</summary>
/// <param name="ProductCode">The listing.</param>
/// <param name="Dimension">Which dimension.</param>
/// <param name="LicenseArn">The one purchase that it holds for; null for the listing's price.</param>
/// <param name="UnitPriceCents">Price of a unit in US cents.</param>
/// <param name="From">It is in force for hours that begin then or later.</param>
public sealed record AwsPrice(string ProductCode, string Dimension, string? LicenseArn, decimal UnitPriceCents, DateTimeOffset From);

/// <summary>One purchase by a buyer.</summary>
/// <param name="LicenseArn">Its identity.</param>
/// <param name="ProductCode">What was bought.</param>
/// <param name="CustomerAwsAccountId">Who bought it: digits.</param>
/// <param name="CustomerIdentifier">The buyer's legacy id; null for new products.</param>
/// <param name="StartsAt">Usage before it is refused.</param>
/// <param name="EndsAt">Null while it runs. One hour is left to report what came before it.</param>
public sealed record AwsAgreement(
    string LicenseArn, string ProductCode, string CustomerAwsAccountId, string? CustomerIdentifier, DateTimeOffset StartsAt, DateTimeOffset? EndsAt = null);

/// <summary>A record that AWS has taken, and so bills. The first of its hour.</summary>
/// <param name="MeteringRecordId">AWS's id.</param>
/// <param name="Region">Where it was reported: hours are kept per region.</param>
/// <param name="LicenseArn">The agreement.</param>
/// <param name="ProductCode">The product.</param>
/// <param name="CustomerAwsAccountId">The buyer.</param>
/// <param name="Dimension">What.</param>
/// <param name="Timestamp">As reported.</param>
/// <param name="Quantity">Units.</param>
/// <param name="UnitPriceCents">US cents a unit in its hour.</param>
/// <param name="AcceptedAt">When.</param>
public sealed record AwsBilledRecord(
    Guid MeteringRecordId,
    string Region,
    string LicenseArn,
    string ProductCode,
    string CustomerAwsAccountId,
    string Dimension,
    DateTimeOffset Timestamp,
    int Quantity,
    decimal UnitPriceCents,
    DateTimeOffset AcceptedAt)
{
    /// <summary>The hour whose slot it holds.</summary>
    public DateTimeOffset Hour => AwsWindow.HourOf(Timestamp);

    /// <summary>What the buyer pays, US cents.</summary>
    public decimal AmountCents => Quantity * UnitPriceCents;
}

/// <summary>A token that a buyer brought to the registration page.</summary>
/// <param name="Token">The token.</param>
/// <param name="LicenseArn">Which purchase it names.</param>
/// <param name="ExpiresAt">Until when it can be resolved, any number of times.</param>
public sealed record AwsRegistrationToken(string Token, string LicenseArn, DateTimeOffset ExpiresAt);
