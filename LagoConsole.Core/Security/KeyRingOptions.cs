namespace LagoConsole.Core.Security;

/// <summary>
/// With what the key ring in the database is itself encrypted: a certificate, or a key in Azure Key Vault. One of them is required outside
/// Development, and never both. Section <c>KeyRing</c>; a bad value stops the start.
/// </summary>
public sealed class KeyRingOptions
{
    public const string Section = "KeyRing";

    /// <summary>The certificate that new keys are encrypted with.</summary>
    public KeyRingCertificate Certificate { get; set; } = new();

    /// <summary>Certificates that were in use before: they open older keys and encrypt nothing. Default: none.</summary>
    public IList<KeyRingCertificate> EarlierCertificates { get; } = [];

    /// <summary>The key in Azure Key Vault that new keys are encrypted with.</summary>
    public KeyRingVault KeyVault { get; set; } = new();
}

/// <summary>A PKCS #12 file with an RSA certificate and its private key. A class, not a record: nothing prints the password.</summary>
public sealed class KeyRingCertificate
{
    /// <summary>Relative to where the console is started.</summary>
    public string? Path { get; set; }

    public string? Password { get; set; }
}

/// <summary>Keys in Azure Key Vault or a managed HSM, and as whom the console asks there.</summary>
public sealed class KeyRingVault
{
    /// <summary>
    /// Address of an RSA key, <c>https://vendor.vault.azure.net/keys/lagoconsole</c>: its newest version encrypts. With a version after it,
    /// that one does.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>Addresses of keys that were in use before: they open older keys and encrypt nothing. Default: none.</summary>
    public IList<string> EarlierKeys { get; } = [];

    /// <summary>Default: the identity of the machine.</summary>
    public KeyVaultIdentity Identity { get; set; } = KeyVaultIdentity.ManagedIdentity;

    /// <summary>Client ID of a user-assigned identity, or of the workload's app. Default: the machine's own, or what the workload is given.</summary>
    public string? ClientId { get; set; }
}

/// <summary>
/// As whom the console asks Azure Key Vault. One of them and no chain: in the environment there may be another app's secret, for selling at
/// Azure Marketplace.
/// </summary>
public enum KeyVaultIdentity
{
    /// <summary>The managed identity of the machine.</summary>
    ManagedIdentity = 1,

    /// <summary>A workload of Kubernetes.</summary>
    WorkloadIdentity = 2,

    /// <summary><c>AZURE_TENANT_ID</c>, <c>AZURE_CLIENT_ID</c>, and <c>AZURE_CLIENT_SECRET</c> or <c>AZURE_CLIENT_CERTIFICATE_PATH</c>.</summary>
    Environment = 3,
}
