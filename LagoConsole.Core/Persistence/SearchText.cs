namespace LagoConsole.Core.Persistence;

/// <summary>Turns what a person types into a search field into a LIKE pattern.</summary>
internal static class SearchText
{
    /// <summary>Escape character of the patterns made here.</summary>
    public const string Escape = "\\";

    /// <summary>Finds the text anywhere; signs that LIKE would read are taken literally. Null for nothing typed.</summary>
    public static string? Pattern(string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed))
        {
            return null;
        }

        string literal = typed.Trim()
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("%", "\\%", StringComparison.Ordinal)
            .Replace("_", "\\_", StringComparison.Ordinal)
            .Replace("[", "\\[", StringComparison.Ordinal); // a class of characters to SQL Server
        return $"%{literal}%";
    }
}
