using LagoConsole.Core.Products;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Accounts;

/// <summary>The vendor's own account at a marketplace, as products report with it. A product without one uses the marketplace's usual chain.</summary>
public sealed class MarketplaceAccount
{
    public required Guid Id { get; init; }

    public required Marketplace Marketplace { get; init; }

    public required CredentialKind Kind { get; init; }

    public required string Name { get; set; }

    public string? AwsProfile { get; private set; }

    public string? AwsAccessKeyId { get; private set; }

    public string? AwsRoleArn { get; private set; }

    public string? AwsExternalId { get; private set; }

    public string? AzureTenantId { get; private set; }

    public string? AzureClientId { get; private set; }

    public string? GoogleClientEmail { get; private set; }

    public string? GoogleKeyId { get; private set; }

    /// <summary>The secret, encrypted by <see cref="AccountVault"/>. Null where the kind has none. Never leaves the server.</summary>
    public string? SecretCipher { get; set; }

    /// <summary>By which people tell secrets apart: the secret's own end, a certificate's thumbprint's, a Google key ID's. The only part that is ever shown.</summary>
    public string? SecretLastFour { get; set; }

    /// <summary>When the secret stops working: read from a certificate, else typed by a person; null where nobody knows or it does not expire.</summary>
    public DateTimeOffset? SecretExpiresAt { get; set; }

    /// <summary>Counts changes of the credentials: a token or a verdict of an earlier one is not about these.</summary>
    public int Generation { get; set; }

    public AccountStatus Status { get; set; } = AccountStatus.Created;

    /// <summary>A sentence for the operator: what was found, what it means for the money, what to do.</summary>
    public string? StatusDetail { get; set; }

    /// <summary>When the marketplace last accepted these credentials.</summary>
    public DateTimeOffset? VerifiedAt { get; set; }

    /// <summary>This machine's clock minus the marketplace's, as VERIFY last measured it; null before that.</summary>
    public int? ClockAheadSeconds { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Counts changes: two people editing at once cannot overwrite each other unseen.</summary>
    public int Version { get; set; }

    /// <summary>What may be shown of the credentials.</summary>
    public AccountParts Parts
    {
        get => new()
        {
            AwsProfile = AwsProfile,
            AwsAccessKeyId = AwsAccessKeyId,
            AwsRoleArn = AwsRoleArn,
            AwsExternalId = AwsExternalId,
            AzureTenantId = AzureTenantId,
            AzureClientId = AzureClientId,
            GoogleClientEmail = GoogleClientEmail,
            GoogleKeyId = GoogleKeyId,
        };

        set
        {
            AwsProfile = value.AwsProfile;
            AwsAccessKeyId = value.AwsAccessKeyId;
            AwsRoleArn = value.AwsRoleArn;
            AwsExternalId = value.AwsExternalId;
            AzureTenantId = value.AzureTenantId;
            AzureClientId = value.AzureClientId;
            GoogleClientEmail = value.GoogleClientEmail;
            GoogleKeyId = value.GoogleKeyId;
        }
    }
}

internal sealed class MarketplaceAccountConfiguration : IEntityTypeConfiguration<MarketplaceAccount>
{
    public void Configure(EntityTypeBuilder<MarketplaceAccount> builder)
    {
        builder.ToTable("MarketplaceAccounts");
        builder.Property(account => account.Id).ValueGeneratedNever();
        builder.Property(account => account.Marketplace).HasConversion<string>().HasMaxLength(20);
        builder.Property(account => account.Kind).HasConversion<string>().HasMaxLength(30);
        builder.Property(account => account.Name).HasMaxLength(TypedAccount.MaxNameLength);
        builder.Property(account => account.AwsProfile).HasMaxLength(100);
        builder.Property(account => account.AwsAccessKeyId).HasMaxLength(128);
        builder.Property(account => account.AwsRoleArn).HasMaxLength(600);
        builder.Property(account => account.AwsExternalId).HasMaxLength(1224); // AWS's limit
        builder.Property(account => account.AzureTenantId).HasMaxLength(100);
        builder.Property(account => account.AzureClientId).HasMaxLength(36);
        builder.Property(account => account.GoogleClientEmail).HasMaxLength(320);
        builder.Property(account => account.GoogleKeyId).HasMaxLength(100);
        builder.Property(account => account.SecretCipher).HasMaxLength(4 * TypedAccount.MaxSecretLength); // Data Protection adds a third and some
        builder.Property(account => account.SecretLastFour).HasMaxLength(4);
        builder.Property(account => account.Status).HasConversion<string>().HasMaxLength(20);
        builder.Property(account => account.StatusDetail).HasMaxLength(2000);
        builder.Property(account => account.Version).IsConcurrencyToken();
        builder.Ignore(account => account.Parts);
        builder.HasIndex(account => account.Name).IsUnique();
    }
}
