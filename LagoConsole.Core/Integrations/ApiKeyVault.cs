using LagoConsole.Core.Lago;
using LagoConsole.Core.Security;
using Microsoft.AspNetCore.DataProtection;

namespace LagoConsole.Core.Integrations;

/// <summary>
/// Keeps API keys encrypted at rest. A cipher is bound to its integration: copied onto another row, it opens nothing.
/// </summary>
public sealed class ApiKeyVault(IDataProtectionProvider protection)
{
    private readonly SecretVault _vault = new(protection, "LagoConsole.Integrations.ApiKey.v1");

    public string Protect(Guid integrationId, LagoApiKey key) => _vault.Protect(integrationId, key.Reveal());

    /// <summary>Never throws for what is stored: a key ring that was lost or changed is an answer.</summary>
    public VaultAnswer Unprotect(Guid integrationId, string cipher) =>
        LagoApiKey.TryParse(_vault.Unprotect(integrationId, cipher), out LagoApiKey? key, out _)
            ? new VaultAnswer.Opened(key)
            : VaultAnswer.Unreadable.Instance;
}

/// <summary>What the vault gave.</summary>
public abstract record VaultAnswer
{
    private VaultAnswer()
    {
    }

    /// <param name="Key">Prints as its last four characters only.</param>
    public sealed record Opened(LagoApiKey Key) : VaultAnswer;

    /// <summary>The cipher was made with keys that this console no longer has, or for another integration.</summary>
    public sealed record Unreadable : VaultAnswer
    {
        internal static Unreadable Instance { get; } = new();

        /// <summary>For the operator.</summary>
        public static string Sentence =>
            "The stored API key cannot be decrypted: the console's encryption keys were lost or replaced. "
            + "Polling rests and nothing is lost: growth is caught up with afterwards. "
            + "Restore the encryption keys, or enter the key again with Edit and press VERIFY.";
    }
}
