using LagoConsole.Core.Lago;

namespace LagoConsole.Core.Integrations;

/// <summary>Looks at an API key as it was typed. Pure.</summary>
public static class TypedKey
{
    /// <summary>What is wrong with it, in a sentence that never repeats it; null when it can be a key.</summary>
    /// <remarks>
    /// A space or line break is said and not cut off: what was pasted may be half of two lines, and the person should see it.
    /// </remarks>
    public static string? Problem(string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed))
        {
            return "Paste the API key from Lago's developer page.";
        }

        if (char.IsWhiteSpace(typed[0]) || char.IsWhiteSpace(typed[^1]))
        {
            return "There is a space or line break before or after the key. Remove it, or copy the key again.";
        }

        return LagoApiKey.TryParse(typed, out _, out string? problem) ? null : problem;
    }
}
