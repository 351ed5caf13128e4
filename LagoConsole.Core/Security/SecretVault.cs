using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace LagoConsole.Core.Security;

/// <summary>Keeps the secrets of one kind of row encrypted at rest. A cipher is bound to its row: copied onto another one, it opens nothing.</summary>
/// <param name="purpose">Part of every cipher: a new way of protecting gets a new version and reads the old one once.</param>
internal sealed class SecretVault(IDataProtectionProvider protection, string purpose)
{
    public string Protect(Guid rowId, string secret) => Protector(rowId).Protect(secret);

    /// <summary>Null where the cipher opens nothing. Never throws for what is stored: a key ring that was lost or changed is an answer.</summary>
    public string? Unprotect(Guid rowId, string cipher)
    {
        try
        {
            return Protector(rowId).Unprotect(cipher);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private IDataProtector Protector(Guid rowId) => protection.CreateProtector(purpose, rowId.ToString("N", CultureInfo.InvariantCulture));
}
