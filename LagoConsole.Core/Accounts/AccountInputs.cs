using LagoConsole.Core.Products;

namespace LagoConsole.Core.Accounts;

/// <summary>The fields that a refusal can point at: the dialogs show the sentence there.</summary>
public enum AccountField
{
    Name = 1,
    Kind = 2,
    AwsProfile = 3,
    AwsAccessKeyId = 4,
    AwsRoleArn = 5,
    AwsExternalId = 6,
    AzureTenantId = 7,
    AzureClientId = 8,
    Secret = 9,
    CertificatePassword = 10,
    SecretExpiresAt = 11,
    Products = 12,
}

/// <summary>What a person typed about an account. A class, because a record would print the secret.</summary>
public sealed class AccountInput
{
    public string? Name { get; set; }

    public Marketplace Marketplace { get; set; } = Marketplace.Aws;

    /// <summary>Null until chosen: no way of signing in is a default that nobody looked at.</summary>
    public CredentialKind? Kind { get; set; }

    public string? AwsProfile { get; set; }

    public string? AwsAccessKeyId { get; set; }

    public string? AwsRoleArn { get; set; }

    public string? AwsExternalId { get; set; }

    public string? AzureTenantId { get; set; }

    public string? AzureClientId { get; set; }

    /// <summary>A secret access key, a client secret, a certificate with its private key (PEM, or PFX in base64), or a JSON key. Empty keeps the present one.</summary>
    public string? Secret { get; set; }

    /// <summary>Opens a PFX; not kept.</summary>
    public string? CertificatePassword { get; set; }

    /// <summary>Not looked at for a certificate, which says it itself.</summary>
    public DateTimeOffset? SecretExpiresAt { get; set; }
}

/// <summary>What a person changed of an account.</summary>
public sealed class EditAccount
{
    public required Guid Id { get; init; }

    /// <summary><see cref="AccountRow.Version"/> of what the person was looking at.</summary>
    public required int SeenVersion { get; init; }

    /// <summary>Marketplace and kind are not looked at: they stay.</summary>
    public required AccountInput Input { get; init; }
}

/// <summary>A confirmed deletion.</summary>
/// <param name="MoveProducts">Whether products that use the account are moved; else the deletion is refused while there are any.</param>
/// <param name="MoveTo">Another account of the same marketplace; null for its usual chain.</param>
public sealed record DeleteAccount(Guid Id, bool MoveProducts = false, Guid? MoveTo = null);
