using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Core.Accounts;

/// <summary>A secret as it was read from what was typed. A class, because a record would print it.</summary>
internal sealed class TypedSecret(AccountSecret value, string lastFour)
{
    public AccountSecret Value { get; } = value;

    /// <summary>By which people tell it from another; empty for one too short to hide the rest.</summary>
    public string LastFour { get; } = lastFour;

    /// <summary>Where the secret says it itself.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>An account as it was read from what was typed.</summary>
/// <param name="Secret">Null where none was typed.</param>
internal sealed record ReadAccount(string Name, AccountParts Parts, TypedSecret? Secret, DateTimeOffset? ExpiresAt);

/// <summary>Reads what was typed about an account. Pure: no network, no database. No sentence repeats a secret.</summary>
internal static partial class TypedAccount
{
    public const int MaxNameLength = 100;

    /// <summary>A certificate with a chain and a key of 4096 bits has some 8,000 characters.</summary>
    public const int MaxSecretLength = 16_000;

    /// <param name="kind">Of the form; marketplace and kind of an existing account stay.</param>
    /// <param name="present">What is stored already; null for a new account.</param>
    /// <param name="now">A certificate that has expired is refused.</param>
    /// <param name="problems">Takes a sentence for each field that is wrong.</param>
    /// <returns>Null when anything is wrong.</returns>
    public static ReadAccount? Read(AccountInput input, CredentialKind kind, MarketplaceAccount? present, DateTimeOffset now, FieldProblems<AccountField> problems)
    {
        string? name = Trimmed(input.Name);
        problems.Add(AccountField.Name, name switch
        {
            null => "Type a name that people will recognize where a product's account is chosen.",
            { Length: > MaxNameLength } => $"The name is longer than {MaxNameLength} characters. Shorten it.",
            _ => null,
        });
        AccountParts parts = Parts(input, kind, problems);
        TypedSecret? secret = Secret(input, kind, ref parts, present, now, problems);
        if (kind == CredentialKind.AwsAssumedRole)
        {
            CheckKeyOfRole(parts, secret, present, problems);
        }

        if (secret is { ExpiresAt: null } && input.SecretExpiresAt <= now)
        {
            problems.Add(AccountField.SecretExpiresAt, "That is past: such a secret would not work any more. Type the end that the marketplace showed, or leave the field empty.");
        }

        return problems.Any
            ? null
            : new ReadAccount(name!, parts, secret, ExpiresAt(input, kind, secret, present, parts));
    }

    private static AccountParts Parts(AccountInput input, CredentialKind kind, FieldProblems<AccountField> problems)
    {
        switch (kind)
        {
            case CredentialKind.AwsProfile:
                string? profile = Trimmed(input.AwsProfile);
                problems.Add(AccountField.AwsProfile, profile is null || !ProfileName().IsMatch(profile)
                    ? "Type the profile's name as it stands in the AWS files of the console's machine." : null);
                return new AccountParts { AwsProfile = profile };
            case CredentialKind.AwsAccessKey:
                string? keyId = Trimmed(input.AwsAccessKeyId);
                problems.Add(AccountField.AwsAccessKeyId, KeyIdProblem(keyId));
                return new AccountParts { AwsAccessKeyId = keyId };
            case CredentialKind.AwsAssumedRole:
                AccountParts role = new()
                {
                    AwsRoleArn = Trimmed(input.AwsRoleArn),
                    AwsExternalId = Trimmed(input.AwsExternalId),
                    AwsAccessKeyId = Trimmed(input.AwsAccessKeyId),
                };
                problems.Add(AccountField.AwsRoleArn, role.AwsRoleArn is null || !RoleArn().IsMatch(role.AwsRoleArn)
                    ? "Copy the role's ARN from IAM: arn:aws:iam::account:role/name." : null);
                problems.Add(AccountField.AwsExternalId, role.AwsExternalId is { } externalId && !ExternalId().IsMatch(externalId)
                    ? "An external ID has 2 to 1224 letters, digits or + = , . @ : / - characters. Copy it from the role's trust policy." : null);
                problems.Add(AccountField.AwsAccessKeyId, role.AwsAccessKeyId is null ? null : KeyIdProblem(role.AwsAccessKeyId));
                return role;
            case CredentialKind.AzureClientSecret or CredentialKind.AzureClientCertificate:
                string? tenant = Trimmed(input.AzureTenantId);
                string? app = Trimmed(input.AzureClientId);
                problems.Add(AccountField.AzureTenantId, tenant is null || !Tenant().IsMatch(tenant)
                    ? "Copy the Directory (tenant) ID from the app registration: that of the offer's technical configuration." : null);
                problems.Add(AccountField.AzureClientId, Guid.TryParseExact(app, "D", out _)
                    ? null : "Copy the Application (client) ID from the app registration: that of the offer's technical configuration.");
                return new AccountParts { AzureTenantId = tenant, AzureClientId = app };
            case CredentialKind.AzureManagedIdentity:
                string? identity = Trimmed(input.AzureClientId);
                problems.Add(AccountField.AzureClientId, identity is null || Guid.TryParseExact(identity, "D", out _)
                    ? null : "Copy the client ID of the assigned identity, or leave the field empty for the machine's own.");
                return new AccountParts { AzureClientId = identity };
            default:
                return new AccountParts();
        }
    }

    /// <param name="parts">Completed by what the secret tells of itself.</param>
    private static TypedSecret? Secret(
        AccountInput input, CredentialKind kind, ref AccountParts parts, MarketplaceAccount? present, DateTimeOffset now, FieldProblems<AccountField> problems)
    {
        if (kind.Secret() == SecretNeed.None)
        {
            return null;
        }

        if (string.IsNullOrWhiteSpace(input.Secret))
        {
            if (present is null)
            {
                problems.Add(AccountField.Secret, kind.Secret() == SecretNeed.Required ? Wanted(kind) : null);
            }
            else if (kind == CredentialKind.AwsAccessKey && parts.AwsAccessKeyId != present.AwsAccessKeyId)
            {
                problems.Add(AccountField.Secret, KeyNeedsItsSecret);
            }

            // A service account is named by its key alone.
            parts = parts with { GoogleClientEmail = present?.GoogleClientEmail, GoogleKeyId = present?.GoogleKeyId };
            return null;
        }

        if (input.Secret.Length > MaxSecretLength)
        {
            problems.Add(AccountField.Secret, $"That is longer than {MaxSecretLength} characters, which no such secret is. Copy it alone.");
            return null;
        }

        switch (kind)
        {
            case CredentialKind.AzureClientCertificate:
                return Certificate(input.Secret.Trim(), input.CertificatePassword, now, problems);
            case CredentialKind.GoogleServiceAccountKey:
                return ServiceAccount(input.Secret, ref parts, problems);
            default:
                return Text(input.Secret, kind, problems);
        }
    }

    private static TypedSecret? Text(string typed, CredentialKind kind, FieldProblems<AccountField> problems)
    {
        if (!typed.All(letter => letter is > ' ' and <= '~'))
        {
            problems.Add(AccountField.Secret, "There is a space, a line break or a special character in or around it. Copy the secret alone.");
            return null;
        }

        if (kind == CredentialKind.AzureClientSecret && Guid.TryParse(typed, out _))
        {
            problems.Add(AccountField.Secret, "That is the secret's ID. Paste its Value, which Entra ID shows once, when the secret is made.");
            return null;
        }

        return new TypedSecret(new AccountSecret(typed), typed.Length >= 8 ? typed[^4..] : "");
    }

    /// <summary>PEM is kept as PEM and PFX becomes it: certificate first, then its private key, open, because the vault encrypts it.</summary>
    private static TypedSecret? Certificate(string typed, string? password, DateTimeOffset now, FieldProblems<AccountField> problems)
    {
        bool isPem = typed.Contains("-----BEGIN", StringComparison.Ordinal);
        try
        {
            using X509Certificate2 certificate = isPem
                ? X509Certificate2.CreateFromPem(typed, typed)
                : X509CertificateLoader.LoadPkcs12(Convert.FromBase64String(typed), password, X509KeyStorageFlags.Exportable);
            using RSA? key = certificate.GetRSAPrivateKey();
            if (key is null)
            {
                problems.Add(AccountField.Secret, "There is no RSA private key with the certificate. Paste both: Entra ID is shown a signature by the key.");
                return null;
            }

            DateTimeOffset expiresAt = new(certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero);
            if (expiresAt <= now)
            {
                problems.Add(AccountField.Secret, "The certificate has expired. Make a new one, add it to the app registration, and paste it here.");
                return null;
            }

            string pem = $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
            return new TypedSecret(new AccountSecret(pem), certificate.Thumbprint[^4..]) { ExpiresAt = expiresAt };
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or FormatException or ArgumentException)
        {
            if (isPem)
            {
                problems.Add(AccountField.Secret, "This is no certificate with its own private key in PEM. Paste both blocks, the key without a password, or choose a PFX file.");
            }
            else
            {
                problems.Add(AccountField.CertificatePassword, "The PFX does not open with this password, or it is no PFX.");
            }

            return null;
        }
    }

    private static TypedSecret? ServiceAccount(string typed, ref AccountParts parts, FieldProblems<AccountField> problems)
    {
        using System.Text.Json.JsonDocument? json = StrictJson.Parse(Encoding.UTF8.GetBytes(typed));
        string? email = StrictJson.Text(json?.RootElement, "client_email");
        string? keyId = StrictJson.Text(json?.RootElement, "private_key_id");
        string? pem = StrictJson.Text(json?.RootElement, "private_key");
        if (StrictJson.Text(json?.RootElement, "type") != "service_account" || email is not { Length: > 0 and <= 320 }
            || keyId is not { Length: >= 8 and <= 100 } || pem is null)
        {
            problems.Add(AccountField.Secret, "This is no key of a service account. Make one in Google Cloud (Keys, Add key, JSON) and paste or choose the whole file.");
            return null;
        }

        try
        {
            using RSA key = RSA.Create();
            key.ImportFromPem(pem);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or ArgumentException)
        {
            problems.Add(AccountField.Secret, "The private key in this file cannot be read. Paste or choose the whole file as Google made it.");
            return null;
        }

        // Not its token_uri: where an assertion is sent to is not for a file to say.
        parts = parts with { GoogleClientEmail = email, GoogleKeyId = keyId };
        return new TypedSecret(new AccountSecret(pem), keyId[^4..]);
    }

    private static void CheckKeyOfRole(AccountParts parts, TypedSecret? secret, MarketplaceAccount? present, FieldProblems<AccountField> problems)
    {
        if (parts.AwsAccessKeyId is null && secret is not null)
        {
            problems.Add(AccountField.AwsAccessKeyId, "Type the access key's ID too, or leave both fields empty for the usual chain.");
        }

        bool hasItsSecret = secret is not null || (present is not null && parts.AwsAccessKeyId == present.AwsAccessKeyId);
        if (parts.AwsAccessKeyId is not null && !hasItsSecret)
        {
            problems.Add(AccountField.Secret, KeyNeedsItsSecret);
        }
    }

    private static DateTimeOffset? ExpiresAt(AccountInput input, CredentialKind kind, TypedSecret? secret, MarketplaceAccount? present, AccountParts parts) => kind switch
    {
        CredentialKind.AzureClientCertificate => secret is null ? present?.SecretExpiresAt : secret.ExpiresAt,
        CredentialKind.AwsAssumedRole when parts.AwsAccessKeyId is null => null,
        _ when kind.Secret() == SecretNeed.None => null,
        _ => input.SecretExpiresAt,
    };

    private const string KeyNeedsItsSecret = "Another access key has another secret. Paste the secret access key that belongs to this ID.";

    private static string Wanted(CredentialKind kind) => kind switch
    {
        CredentialKind.AwsAccessKey => "Paste the secret access key.",
        CredentialKind.AzureClientSecret => "Paste the client secret's Value.",
        CredentialKind.AzureClientCertificate => "Paste the certificate with its private key (PEM), or choose a PFX or PEM file.",
        _ => "Paste the service account's JSON key, or choose its file.",
    };

    private static string? KeyIdProblem(string? keyId) => keyId is null || !AccessKeyId().IsMatch(keyId)
        ? "Copy the access key ID from IAM; it begins with AKIA." : null;

    private static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    [GeneratedRegex(@"\A[A-Za-z0-9_]{8,128}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex AccessKeyId();

    [GeneratedRegex(@"\A[A-Za-z0-9_.@+ -]{1,100}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ProfileName();

    [GeneratedRegex(@"\Aarn:aws[a-z-]{0,20}:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,500}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex RoleArn();

    [GeneratedRegex(@"\A[A-Za-z0-9_+=,.@:/-]{2,1224}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ExternalId();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9.-]{0,99}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Tenant();
}
