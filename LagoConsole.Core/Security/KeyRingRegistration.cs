using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LagoConsole.Core.Security;

/// <summary>
/// Encrypts the key ring, which lies in the database beside the secrets that it opens: without that, a copy of the
/// database would hold lock and key.
/// </summary>
public static class KeyRingRegistration
{
    /// <param name="services">Where the key ring's store is registered too.</param>
    /// <param name="configuration">Read at once: an unusable certificate must stop the start, before the first key is made.</param>
    /// <param name="mayBeUnprotected">Whether keys may lie in the database as they are: in Development, where no secret is real.</param>
    /// <exception cref="InvalidOperationException">The sentence names the setting to change.</exception>
    public static IServiceCollection AddKeyRingProtection(this IServiceCollection services, IConfiguration configuration, bool mayBeUnprotected)
    {
        KeyRingOptions options = new();
        configuration.GetSection(KeyRingOptions.Section).Bind(options);
        const string current = $"{KeyRingOptions.Section}:{nameof(KeyRingOptions.Certificate)}";
        X509Certificate2[] earlier =
        [
            .. options.EarlierCertificates.Select((certificate, index) =>
                Load(certificate, $"{KeyRingOptions.Section}:{nameof(KeyRingOptions.EarlierCertificates)}:{index}")),
        ];
        IDataProtectionBuilder keys = services.AddDataProtection().UnprotectKeysWithAnyCertificate(earlier);
        if (!string.IsNullOrWhiteSpace(options.Certificate.Path))
        {
            keys.ProtectKeysWithCertificate(Load(options.Certificate, current));
        }
        else if (!mayBeUnprotected)
        {
            throw new InvalidOperationException(
                $"{current}:{nameof(KeyRingCertificate.Path)} is not set. The keys that open the API keys lie in the database beside them, "
                + "so outside Development the console does not start unless a certificate encrypts them. "
                + $"Set it to a PKCS #12 file with an RSA certificate and its private key, and {current}:{nameof(KeyRingCertificate.Password)} to its password.");
        }

        return services;
    }

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
