using LagoConsole.Core.Products;

namespace LagoConsole.Core.Accounts;

/// <summary>How an account proves at its marketplace who it is. Fixed for an account's life: another kind is another account.</summary>
public enum CredentialKind
{
    /// <summary>Whatever AWS's own tools would find: environment, shared profile, web identity, role of the container or machine.</summary>
    AwsUsualChain = 1,

    /// <summary>A profile by name, in the files of the machine.</summary>
    AwsProfile = 2,

    /// <summary>An access key that was entered.</summary>
    AwsAccessKey = 3,

    /// <summary>A role, assumed with an entered access key or, without one, with what the usual chain finds.</summary>
    AwsAssumedRole = 4,

    /// <summary>Whatever stands in the environment: an app's secret or certificate, a workload's or the machine's identity.</summary>
    AzureEnvironment = 11,

    /// <summary>An app registration with a client secret that was entered.</summary>
    AzureClientSecret = 12,

    /// <summary>An app registration with a certificate that was entered.</summary>
    AzureClientCertificate = 13,

    /// <summary>An identity of the machine: its own, or an assigned one by its client ID.</summary>
    AzureManagedIdentity = 14,

    /// <summary>Google's application default credentials: a file named by the environment, or the identity of the workload or machine.</summary>
    GoogleApplicationDefault = 21,

    /// <summary>A service account with a key that was entered.</summary>
    GoogleServiceAccountKey = 22,
}

/// <summary>Whether a kind of credentials has a secret that people enter.</summary>
public enum SecretNeed
{
    None = 0,
    Optional = 1,
    Required = 2,
}

/// <summary>What people and rules ask about a kind. Pure.</summary>
public static class CredentialKinds
{
    /// <summary>The kinds of one marketplace, the safest first: what is never stored cannot be stolen from here.</summary>
    public static IReadOnlyList<CredentialKind> Of(Marketplace marketplace) => marketplace switch
    {
        Marketplace.Aws => [CredentialKind.AwsUsualChain, CredentialKind.AwsAssumedRole, CredentialKind.AwsProfile, CredentialKind.AwsAccessKey],
        Marketplace.Azure =>
        [
            CredentialKind.AzureManagedIdentity, CredentialKind.AzureEnvironment, CredentialKind.AzureClientCertificate, CredentialKind.AzureClientSecret,
        ],
        Marketplace.Gcp => [CredentialKind.GoogleApplicationDefault, CredentialKind.GoogleServiceAccountKey],
        _ => throw new ArgumentOutOfRangeException(nameof(marketplace), marketplace, "Not a marketplace."),
    };

    public static string Label(this CredentialKind kind) => kind switch
    {
        CredentialKind.AwsUsualChain => "Usual chain",
        CredentialKind.AwsProfile => "Profile",
        CredentialKind.AwsAccessKey => "Access key",
        CredentialKind.AwsAssumedRole => "Assumed role",
        CredentialKind.AzureEnvironment => "Environment",
        CredentialKind.AzureClientSecret => "Client secret",
        CredentialKind.AzureClientCertificate => "Client certificate",
        CredentialKind.AzureManagedIdentity => "Managed identity",
        CredentialKind.GoogleApplicationDefault => "Application default",
        CredentialKind.GoogleServiceAccountKey => "Service account key",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of credentials."),
    };

    /// <summary>For the form: where the credentials are looked for, or what is entered.</summary>
    public static string Hint(this CredentialKind kind) => kind switch
    {
        CredentialKind.AwsUsualChain => "Environment, shared profile, or the role of the console's container or machine. Nothing is stored.",
        CredentialKind.AwsProfile => "A named profile in the AWS files of the console's machine. Nothing is stored.",
        CredentialKind.AwsAccessKey => "Entered here and kept encrypted. It does not expire by itself: rotate it.",
        CredentialKind.AwsAssumedRole => "A role of the seller's account, assumed with the usual chain or with an access key.",
        CredentialKind.AzureEnvironment => "AZURE_TENANT_ID, AZURE_CLIENT_ID and a secret or certificate, or a workload's identity. Nothing is stored.",
        CredentialKind.AzureClientSecret => "Entered here and kept encrypted. It expires: Entra ID says when.",
        CredentialKind.AzureClientCertificate => "Entered here with its private key and kept encrypted. It expires.",
        CredentialKind.AzureManagedIdentity => "The identity of the console's machine in Azure. Nothing is stored.",
        CredentialKind.GoogleApplicationDefault => "GOOGLE_APPLICATION_CREDENTIALS, or the identity of the console's workload or machine. Nothing is stored.",
        CredentialKind.GoogleServiceAccountKey => "The JSON key of a service account, entered here and kept encrypted.",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of credentials."),
    };

    public static SecretNeed Secret(this CredentialKind kind) => kind switch
    {
        CredentialKind.AwsAssumedRole => SecretNeed.Optional,
        CredentialKind.AwsAccessKey or CredentialKind.AzureClientSecret or CredentialKind.AzureClientCertificate
            or CredentialKind.GoogleServiceAccountKey => SecretNeed.Required,
        _ => SecretNeed.None,
    };
}
