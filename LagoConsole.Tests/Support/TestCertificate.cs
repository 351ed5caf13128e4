using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LagoConsole.Tests.Support;

/// <summary>A certificate of its own in a PKCS #12 file, deleted afterwards.</summary>
public sealed class TestCertificate : IDisposable
{
    public const string Password = "correct horse";

    public TestCertificate()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=key ring", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        System.IO.File.WriteAllBytes(File, certificate.Export(X509ContentType.Pkcs12, Password));
    }

    public string File { get; } = Path.Combine(Path.GetTempPath(), $"lagoconsole-test-{Guid.NewGuid():N}.pfx");

    public (string Key, string Value)[] Settings => [("KeyRing:Certificate:Path", File), ("KeyRing:Certificate:Password", Password)];

    /// <summary>It was in use before, and opens what it encrypted.</summary>
    public (string Key, string Value)[] EarlierSettings => [("KeyRing:EarlierCertificates:0:Path", File), ("KeyRing:EarlierCertificates:0:Password", Password)];

    public void Dispose() => System.IO.File.Delete(File);
}
