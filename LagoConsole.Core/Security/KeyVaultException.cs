namespace LagoConsole.Core.Security;

/// <summary>Azure Key Vault did not encrypt or open a key of the key ring. The sentence says whose turn it is, and holds no secret.</summary>
public sealed class KeyVaultException(KeyVaultFault fault, string sentence, Exception? cause = null) : Exception(sentence, cause)
{
    public KeyVaultFault Fault { get; } = fault;
}

/// <summary>What would help.</summary>
public enum KeyVaultFault
{
    /// <summary>Asking again.</summary>
    Passing = 1,

    /// <summary>A change at the vault, of an identity, or of the way there; then asking again.</summary>
    Refused = 2,

    /// <summary>Nothing while these settings hold: this key cannot be opened, others may.</summary>
    Lost = 3,
}
