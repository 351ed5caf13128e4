using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;

namespace LagoConsole.Core.Security;

/// <summary>
/// Encrypts a key of the key ring (AES-256-GCM) with a key of its own, and that one with a key in Azure Key Vault, which never leaves it.
/// </summary>
internal sealed class KeyVaultXmlEncryptor(KeyVaultClient vault) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        byte[] key = RandomNumberGenerator.GetBytes(KeyVaultXml.KeyBytes);
        byte[] plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        try
        {
            KeyVaultCipher wrapped = vault.Wrap(key);
            byte[] nonce = RandomNumberGenerator.GetBytes(AesGcm.NonceByteSizes.MaxSize);
            byte[] cipher = new byte[plain.Length];
            byte[] tag = new byte[AesGcm.TagByteSizes.MaxSize];
            using AesGcm aes = new(key, tag.Length);
            aes.Encrypt(nonce, plain, cipher, tag, Encoding.UTF8.GetBytes(wrapped.KeyVersion));
            return new EncryptedXmlInfo(KeyVaultXml.Write(wrapped, nonce, cipher, tag), typeof(KeyVaultXmlDecryptor));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(plain);
        }
    }
}

/// <summary>Opens what <see cref="KeyVaultXmlEncryptor"/> encrypted. Its name is stored with each key: under another one the key ring does not find it.</summary>
/// <param name="services">The key ring gives nothing else to those whom it finds by their name.</param>
internal sealed class KeyVaultXmlDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        (KeyVaultCipher wrapped, byte[] nonce, byte[] cipher, byte[] tag) = KeyVaultXml.Read(encryptedElement);
        KeyVaultClient vault = services.GetService<KeyVaultClient>() ?? throw new KeyVaultException(
            KeyVaultFault.Lost, $"A key of the key ring was encrypted with {wrapped.KeyVersion}, and no key of Azure Key Vault is set: name it in {KeyRingRegistration.EarlierVaultKeys}.");
        byte[] key = vault.Unwrap(wrapped);
        byte[] plain = new byte[cipher.Length];
        try
        {
            using AesGcm aes = new(key, tag.Length);
            aes.Decrypt(nonce, cipher, tag, plain, Encoding.UTF8.GetBytes(wrapped.KeyVersion));
            return XElement.Parse(Encoding.UTF8.GetString(plain));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(plain);
        }
    }
}

/// <summary>The form in which both write and read a key of the ring.</summary>
internal static class KeyVaultXml
{
    public const int KeyBytes = 32;

    public static XElement Write(KeyVaultCipher wrapped, byte[] nonce, byte[] cipher, byte[] tag) => new(
        "keyVaultKey",
        new XElement("keyVersion", wrapped.KeyVersion),
        new XElement("wrappedKey", Convert.ToBase64String(wrapped.Bytes)),
        new XElement("nonce", Convert.ToBase64String(nonce)),
        new XElement("cipher", Convert.ToBase64String(cipher)),
        new XElement("tag", Convert.ToBase64String(tag)));

    /// <exception cref="CryptographicException">It is no such element.</exception>
    public static (KeyVaultCipher Wrapped, byte[] Nonce, byte[] Cipher, byte[] Tag) Read(XElement element)
    {
        try
        {
            return (new KeyVaultCipher(Text("keyVersion"), Bytes("wrappedKey")), Bytes("nonce"), Bytes("cipher"), Bytes("tag"));
        }
        catch (FormatException damaged)
        {
            throw new CryptographicException("A key of the key ring is damaged.", damaged);
        }

        string Text(string name) => element.Element(name)?.Value ?? throw new CryptographicException($"A key of the key ring has no {name}.");
        byte[] Bytes(string name) => Convert.FromBase64String(Text(name));
    }
}
