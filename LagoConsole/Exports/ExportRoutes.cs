using LagoConsole.Core.Exports;

namespace LagoConsole.Exports;

/// <summary>One address for each table that pages show.</summary>
internal sealed class ExportRoutes(RouteGroupBuilder group)
{
    /// <param name="table">As <c>ExportLink</c> names it; the address, and the file's name.</param>
    /// <param name="rows">Reads the filters at once and the rows one after another.</param>
    public void Add<TRow>(string table, CsvTable<TRow> columns, Func<ExportRequest, IAsyncEnumerable<TRow>> rows) =>
        group.MapGet(table, IResult (HttpContext http) =>
        {
            ExportRequest request = new(http);
            IAsyncEnumerable<TRow> wanted = rows(request);
            return request.Problem is { } problem ? TypedResults.BadRequest(problem) : new CsvResult<TRow>(table, columns, wanted);
        });

    /// <summary>A list that is read whole, as its page does.</summary>
    public static async IAsyncEnumerable<TRow> WholeAsync<TRow>(Func<Task<IEnumerable<TRow>>> read)
    {
        foreach (TRow row in await read())
        {
            yield return row;
        }
    }

    /// <summary>A list that is read page by page, as its page does.</summary>
    /// <param name="read">Takes how many rows to skip, and how many to take.</param>
    public static async IAsyncEnumerable<TRow> PagesAsync<TRow>(Func<int, int, Task<IReadOnlyList<TRow>>> read)
    {
        const int Size = 200;
        int skip = 0;
        IReadOnlyList<TRow> page;
        do
        {
            page = await read(skip, Size);
            foreach (TRow row in page)
            {
                yield return row;
            }

            skip += Size;
        }
        while (page.Count == Size);
    }

    public static string YesNo(bool yes) => yes ? "yes" : "no";
}
