using System.Diagnostics;

namespace LagoConsole.Core.Accounts;

/// <summary>
/// An account's secret in memory: a secret access key, a client secret, a private key. Not a record and without a public value,
/// so that no message, log or debugger view shows it.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class AccountSecret
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _value;

    internal AccountSecret(string value) => _value = value;

    public override string ToString() => "••••";

    /// <summary>The secret itself, for signatures, identity providers and the vault only.</summary>
    internal string Reveal() => _value;
}
