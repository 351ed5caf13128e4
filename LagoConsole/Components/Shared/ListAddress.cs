using System.Globalization;

namespace LagoConsole.Components.Shared;

/// <summary>What a list shows, as its address says it: a link, a reload and the browser's back lead to the same rows. Pure.</summary>
/// <param name="Sort">The column that it is sorted by, by name.</param>
/// <param name="Filter">The list's own filter; empty for everything.</param>
/// <param name="Page">From 0; the address counts from 1, as people do.</param>
public sealed record ListAddress(string Search, string Sort, bool Descending, string Filter, int Page, int PageSize)
{
    private const string DefaultSort = "name";

    private const int DefaultPageSize = 25;

    /// <summary>So many rows are no list of this console: a page behind it is none.</summary>
    private const int MostPages = 1_000_000;

    /// <summary>Everything, from its beginning.</summary>
    public static ListAddress Default { get; } = new("", DefaultSort, Descending: false, "", 0, DefaultPageSize);

    public static IReadOnlyList<int> PageSizes { get; } = [10, 25, 50, 100];

    /// <summary>The sort as the address writes it: <c>name</c>, or <c>-name</c> for the other direction.</summary>
    public string SortText => (Descending ? "-" : "") + Sort;

    /// <summary>What is in the address and cannot be read is what the list shows without it.</summary>
    public static ListAddress Read(string? search, string? sort, string? filter, string? page, string? size) => new(
        search?.Trim() ?? "",
        sort?.TrimStart('-') is { Length: > 0 } column ? column : DefaultSort,
        sort?.StartsWith('-') == true,
        filter ?? "",
        Number(page) is { } number and >= 1 and <= MostPages ? number - 1 : 0,
        Number(size) is { } rows && PageSizes.Contains(rows) ? rows : DefaultPageSize);

    /// <summary>From the first page, by this column; by the same column, the other way round.</summary>
    public ListAddress SortedBy(string column) => this with { Sort = column, Descending = Sort == column && !Descending, Page = 0 };

    /// <summary>The parts of the address that say it; null for what need not be said.</summary>
    public IReadOnlyDictionary<string, object?> Query() => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["search"] = Search.Length == 0 ? null : Search,
        ["sort"] = SortText == DefaultSort ? null : SortText,
        ["show"] = Filter.Length == 0 ? null : Filter,
        ["page"] = Page == 0 ? null : Page + 1,
        ["size"] = PageSize == DefaultPageSize ? null : PageSize,
    };

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
