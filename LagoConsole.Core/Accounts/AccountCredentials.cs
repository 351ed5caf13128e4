namespace LagoConsole.Core.Accounts;

/// <summary>
/// An account's credentials in memory. A class, not a record: a record would print its secret, and what is kept for an account
/// (a token) is kept for exactly this object and goes with it.
/// </summary>
public sealed class AccountCredentials
{
    public required Guid AccountId { get; init; }

    /// <summary><see cref="MarketplaceAccount.Generation"/> that they are of.</summary>
    public required int Generation { get; init; }

    public required string AccountName { get; init; }

    public required CredentialKind Kind { get; init; }

    public required AccountParts Parts { get; init; }

    /// <summary>Null where the kind has none.</summary>
    public required AccountSecret? Secret { get; init; }

    public override string ToString() => $"{AccountName} ({Kind.Label()})";
}
