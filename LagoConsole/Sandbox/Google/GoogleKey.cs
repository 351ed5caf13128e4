using System.Security.Cryptography;
using System.Text;

namespace LagoConsole.Sandbox.Google;

/// <summary>A service account's key. RSA is not thread safe, and the worlds of a process share one key: it serves one caller at a time.</summary>
public sealed class GoogleKey(RSA rsa)
{
    private readonly Lock _gate = new();

    /// <summary>The private key, PKCS#8.</summary>
    public string ToPem()
    {
        lock (_gate)
        {
            return rsa.ExportPkcs8PrivateKeyPem();
        }
    }

    /// <summary>Whether a signature (RS256) over that text was made with it.</summary>
    public bool HasSigned(string text, byte[] signature)
    {
        lock (_gate)
        {
            return rsa.VerifyData(Encoding.ASCII.GetBytes(text), signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
    }
}
