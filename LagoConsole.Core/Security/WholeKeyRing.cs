using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace LagoConsole.Core.Security;

/// <summary>
/// Reads the key ring whole or, while Azure Key Vault does not answer, not at all. What reads it by itself opens an older key when that is
/// first needed, and if the vault is away just then, holds it for lost as long as the process lives: API keys would have to be entered again.
/// </summary>
/// <param name="open">Makes what reads the ring; it remembers what it could not open.</param>
internal sealed class WholeKeyRing(Func<IKeyManager> open) : IKeyManager
{
    private volatile IKeyManager _keys = open();

    public IReadOnlyCollection<IKey> GetAllKeys()
    {
        IReadOnlyCollection<IKey> all = _keys.GetAllKeys();
        foreach (IKey key in all.Where(key => !key.IsRevoked))
        {
            try
            {
                key.CreateEncryptor();
            }
            catch (KeyVaultException failure) when (failure.Fault is KeyVaultFault.Passing or KeyVaultFault.Refused)
            {
                _keys = open();
                throw;
            }
#pragma warning disable CA1031 // Whatever else is wrong with one key is told where that key is needed; the others are good.
            catch (Exception)
#pragma warning restore CA1031
            {
            }
        }

        return all;
    }

    public IKey CreateNewKey(DateTimeOffset activationDate, DateTimeOffset expirationDate) => _keys.CreateNewKey(activationDate, expirationDate);

    public CancellationToken GetCacheExpirationToken() => _keys.GetCacheExpirationToken();

    public void RevokeAllKeys(DateTimeOffset revocationDate, string? reason = null) => _keys.RevokeAllKeys(revocationDate, reason);

    public void RevokeKey(Guid keyId, string? reason = null) => _keys.RevokeKey(keyId, reason);
}
