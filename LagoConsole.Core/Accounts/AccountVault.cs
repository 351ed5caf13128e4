using LagoConsole.Core.Security;
using Microsoft.AspNetCore.DataProtection;

namespace LagoConsole.Core.Accounts;

/// <summary>Keeps the secrets of accounts encrypted at rest, each bound to its account.</summary>
public sealed class AccountVault(IDataProtectionProvider protection)
{
    /// <summary>For the operator, where a stored secret cannot be opened.</summary>
    internal const string Unreadable = "its stored secret cannot be decrypted: the console's encryption keys were lost or replaced";

    private readonly SecretVault _vault = new(protection, "LagoConsole.Accounts.Secret.v1");

    public string Protect(Guid accountId, AccountSecret secret) => _vault.Protect(accountId, secret.Reveal());

    /// <summary>Null where the cipher was made with keys that this console no longer has, or for another account.</summary>
    public AccountSecret? Unprotect(Guid accountId, string cipher) =>
        _vault.Unprotect(accountId, cipher) is { } text ? new AccountSecret(text) : null;
}
