using System.Globalization;

namespace LagoConsole.Core.Books;

/// <summary>Numbers of a check in words. Pure.</summary>
public static class BooksText
{
    /// <summary>For example <c>1,200 keys, 1 increment, 3 meters, 40 records</c>.</summary>
    public static string Checked(int keys, int increments, int meters, int records) =>
        $"{Count(keys, "key")}, {Count(increments, "increment")}, {Count(meters, "meter")}, {Count(records, "record")}";

    /// <summary>For example <c>1 failure</c> or <c>1,200 failures</c>.</summary>
    public static string Count(int count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:#,##0} {noun}{(count == 1 ? "" : "s")}");
}
