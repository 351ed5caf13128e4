using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Azure.Core;
using Azure.Identity;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LagoConsole.Core.Security;

/// <summary>
/// Encrypts the key ring, which lies in the database beside the secrets that it opens: without that, a copy of the
/// database would hold lock and key.
/// </summary>
public static class KeyRingRegistration
{
    internal const string EarlierVaultKeys = $"{Vault}:{nameof(KeyRingVault.EarlierKeys)}";
    internal const string VaultIdentity = $"{Vault}:{nameof(KeyRingVault.Identity)}";

    private const string Certificate = $"{KeyRingOptions.Section}:{nameof(KeyRingOptions.Certificate)}";
    private const string CertificatePath = $"{Certificate}:{nameof(KeyRingCertificate.Path)}";
    private const string EarlierCertificates = $"{KeyRingOptions.Section}:{nameof(KeyRingOptions.EarlierCertificates)}";
    private const string Vault = $"{KeyRingOptions.Section}:{nameof(KeyRingOptions.KeyVault)}";
    private const string VaultKey = $"{Vault}:{nameof(KeyRingVault.Key)}";

    /// <param name="services">Where the key ring's store is registered too.</param>
    /// <param name="configuration">Read at once: an unusable certificate must stop the start, before the first key is made.</param>
    /// <param name="mayBeUnprotected">Whether keys may lie in the database as they are: in Development, where no secret is real.</param>
    /// <exception cref="InvalidOperationException">The sentence names the setting to change.</exception>
    public static IServiceCollection AddKeyRingProtection(this IServiceCollection services, IConfiguration configuration, bool mayBeUnprotected) =>
        services.AddKeyRingProtection(configuration, mayBeUnprotected, Credential, KeyVaultClient.CreateNetwork);

    /// <summary>The same.</summary>
    /// <param name="services">See above.</param>
    /// <param name="configuration">See above.</param>
    /// <param name="mayBeUnprotected">See above.</param>
    /// <param name="credential">As whom Azure Key Vault is asked.</param>
    /// <param name="network">The way there.</param>
    internal static IServiceCollection AddKeyRingProtection(
        this IServiceCollection services, IConfiguration configuration, bool mayBeUnprotected, Func<KeyRingVault, TokenCredential> credential, Func<HttpMessageHandler> network)
    {
        KeyRingOptions options = new();
        configuration.GetSection(KeyRingOptions.Section).Bind(options);
        bool hasCertificate = !string.IsNullOrWhiteSpace(options.Certificate.Path);
        bool hasVault = !string.IsNullOrWhiteSpace(options.KeyVault.Key);
        if (hasCertificate && hasVault)
        {
            throw new InvalidOperationException(
                $"{CertificatePath} and {VaultKey} are both set, and one of them encrypts the key ring. Keep the one to encrypt with; "
                + $"what was in use before goes to {EarlierCertificates} or {EarlierVaultKeys}.");
        }

        if (!hasCertificate && !hasVault && !mayBeUnprotected)
        {
            throw new InvalidOperationException(
                $"Neither {CertificatePath} nor {VaultKey} is set. The keys that open the API keys lie in the database beside them, "
                + "so outside Development the console does not start unless one of both encrypts them. "
                + $"Set {CertificatePath} to a PKCS #12 file with an RSA certificate and its private key, and {Certificate}:{nameof(KeyRingCertificate.Password)} to its password; "
                + $"or {VaultKey} to the address of an RSA key in Azure Key Vault.");
        }

        X509Certificate2[] earlier = [.. options.EarlierCertificates.Select((certificate, index) => Load(certificate, $"{EarlierCertificates}:{index}"))];
        IDataProtectionBuilder keys = services.AddDataProtection().UnprotectKeysWithAnyCertificate(earlier);
        if (hasCertificate)
        {
            keys.ProtectKeysWithCertificate(Load(options.Certificate, Certificate));
        }

        KeyVaultKey? current = hasVault ? Parse(options.KeyVault.Key, VaultKey) : null;
        KeyVaultKey[] all = [.. current is null ? [] : (KeyVaultKey[])[current], .. options.KeyVault.EarlierKeys.Select((address, index) => Parse(address, $"{EarlierVaultKeys}:{index}"))];
        if (all.Length > 0)
        {
            TokenCredential asker = credential(options.KeyVault);
            services.AddSingleton(_ => new KeyVaultClient(current, all, asker, network()));
            services.Replace(ServiceDescriptor.Singleton<IKeyManager>(provider => new WholeKeyRing(() => ActivatorUtilities.CreateInstance<XmlKeyManager>(provider))));
        }

        if (current is not null)
        {
            services.AddOptions<KeyManagementOptions>().Configure<KeyVaultClient>((ring, vault) => ring.XmlEncryptor = new KeyVaultXmlEncryptor(vault));
        }

        return services;
    }

    private static KeyVaultKey Parse(string? address, string setting) => KeyVaultKey.Parse(address)
        ?? throw new InvalidOperationException(
            $"{setting} is {address}, which is no address of a key in Azure Key Vault, such as https://vendor.vault.azure.net/keys/lagoconsole, with or without a version.");

    /// <summary>As whom the console asks.</summary>
    internal static TokenCredential Credential(KeyRingVault vault) => vault.Identity switch
    {
        KeyVaultIdentity.ManagedIdentity => new ManagedIdentityCredential(
            string.IsNullOrWhiteSpace(vault.ClientId) ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(vault.ClientId)),
        KeyVaultIdentity.WorkloadIdentity when string.IsNullOrWhiteSpace(vault.ClientId) => new WorkloadIdentityCredential(),
        KeyVaultIdentity.WorkloadIdentity => new WorkloadIdentityCredential(new WorkloadIdentityCredentialOptions { ClientId = vault.ClientId }),
        KeyVaultIdentity.Environment => new EnvironmentCredential(),
        _ => throw new InvalidOperationException($"{VaultIdentity} is {vault.Identity}. It must be one of {string.Join(", ", Enum.GetNames<KeyVaultIdentity>())}."),
    };

    private static X509Certificate2 Load(KeyRingCertificate file, string setting)
    {
        string path = $"{setting}:{nameof(KeyRingCertificate.Path)}";
        if (!File.Exists(file.Path))
        {
            throw new InvalidOperationException($"{path} is {file.Path}, and there is no such file that the console may read.");
        }

        X509Certificate2 certificate;
        try
        {
            certificate = X509CertificateLoader.LoadPkcs12FromFile(file.Path, file.Password);
        }
        catch (CryptographicException failure)
        {
            throw new InvalidOperationException(
                $"{path}: {file.Path} is not a PKCS #12 file, or {setting}:{nameof(KeyRingCertificate.Password)} is not its password.", failure);
        }

        using RSA? privateKey = certificate.GetRSAPrivateKey();
        return privateKey is not null
            ? certificate
            : throw new InvalidOperationException($"{path}: {file.Path} holds no RSA certificate with its private key, without which no key could be opened again.");
    }
}
