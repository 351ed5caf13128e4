namespace LagoConsole.Core.Products;

/// <summary>What a person searches for is text, not a pattern: <c>50%</c> finds <c>50%</c>.</summary>
internal static class LikePattern
{
    public const string Escape = "\\";

    public static string Containing(string text) => "%" + text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal)
        .Replace("[", "\\[", StringComparison.Ordinal) + "%"; // a class of characters to SQL Server
}
