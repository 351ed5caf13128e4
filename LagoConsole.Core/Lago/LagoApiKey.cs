using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace LagoConsole.Core.Lago;

/// <summary>
/// A Lago API key in memory. Not a record and without a public value, so that no message, log or debugger view
/// shows more than the last four characters.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class LagoApiKey
{
    private const int LongestKey = 200;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _value;

    private LagoApiKey(string value) => _value = value;

    /// <summary>What may be shown of it; empty for a key too short to hide the rest.</summary>
    public string LastFour => _value.Length >= 8 ? _value[^4..] : "";

    /// <summary>Takes a typed or stored key; spaces around it are dropped.</summary>
    /// <param name="text">The key.</param>
    /// <param name="key">The key, when it can be one.</param>
    /// <param name="problem">A sentence for the field that never repeats what was typed.</param>
    public static bool TryParse(
        string? text,
        [NotNullWhen(true)] out LagoApiKey? key,
        [NotNullWhen(false)] out string? problem)
    {
        string trimmed = text?.Trim() ?? "";
        key = null;
        problem = trimmed switch
        {
            "" => "Paste the key from Lago's developer page.",
            { Length: > LongestKey } => "That is too long for an API key. Copy the key alone from Lago's developer page.",
            // A header cannot carry anything else, and .NET's own complaint would quote the key.
            _ when !trimmed.All(letter => letter is > ' ' and <= '~') =>
                "An API key has no spaces or special characters. Copy the key alone from Lago's developer page.",
            _ => null,
        };
        if (problem is not null)
        {
            return false;
        }

        key = new LagoApiKey(trimmed);
        return true;
    }

    /// <summary>The key of a value that was accepted before, such as one from the vault.</summary>
    /// <exception cref="ArgumentException">It cannot be a key. The message does not repeat it.</exception>
    public static LagoApiKey Parse(string text) => TryParse(text, out LagoApiKey? key, out string? problem)
        ? key
        : throw new ArgumentException(problem, nameof(text));

    public override string ToString() => $"•••• {LastFour}";

    /// <summary>The key itself, for the request header and the vault only.</summary>
    internal string Reveal() => _value;
}
