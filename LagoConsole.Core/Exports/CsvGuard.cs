using System.Text.RegularExpressions;

namespace LagoConsole.Core.Exports;

/// <summary>
/// Keeps a spreadsheet from running text as a formula: somebody else wrote it (a buyer, Lago, a marketplace), and whoever
/// opens the file trusts us. An apostrophe before it, as OWASP recommends, makes it text; <see cref="Undo"/> takes it away.
/// </summary>
/// <remarks>
/// A spreadsheet whose list separator is the semicolon begins a cell after each one inside our text, and a row after each line
/// end, whatever stands in quotes: what begins there is made harmless too. Plain numbers stay numbers.
/// </remarks>
public static partial class CsvGuard
{
    /// <summary>What begins a formula, full-width forms included, with what programs skip before it.</summary>
    private const string Formula = "['\"\\s]*[=+\\-@\uFF1D\uFF0B\uFF0D\uFF20]";

    public static string Apply(string text) => Number().IsMatch(text) ? text : Unguarded().Replace(text, "'");

    /// <summary>The text that <see cref="Apply"/> was given.</summary>
    public static string Undo(string text) => Guarded().Replace(text, "");

    [GeneratedRegex(@"\A[+-]?[0-9]+(\.[0-9]+)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();

    [GeneratedRegex(@"\A(?='*[\t\r\n]|" + Formula + @")|(?<=[;\t\r\n])(?=" + Formula + ")", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Unguarded();

    [GeneratedRegex(@"\A'(?='*[\t\r\n]|" + Formula + @")|(?<=[;\t\r\n])'(?=" + Formula + ")", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Guarded();
}
