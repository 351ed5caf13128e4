namespace LagoConsole.Sandbox.Lago;

/// <summary>A page of a list, with Lago's <c>meta</c>.</summary>
/// <param name="Items">The page's rows.</param>
/// <param name="Meta">As Lago writes it; an empty list is page 0 of 0.</param>
public sealed record LagoPage<T>(IReadOnlyList<T> Items, object Meta)
{
    /// <summary>Cuts a page out of a list.</summary>
    internal static LagoPage<T> Cut(IReadOnlyList<T> all, LagoQuery query, int? perPage = null)
    {
        int size = perPage ?? query.PerPage;
        int pages = (all.Count + query.PerPage - 1) / query.PerPage;
        int page = all.Count == 0 ? 0 : query.Page;
        return new LagoPage<T>(
            [.. all.Skip((query.Page - 1) * query.PerPage).Take(size)],
            new
            {
                CurrentPage = page,
                NextPage = page > 0 && page < pages ? page + 1 : (int?)null,
                PrevPage = page > 1 ? page - 1 : (int?)null,
                TotalPages = pages,
                TotalCount = all.Count,
            });
    }
}
