using LagoConsole.Core.Books;
using LagoConsole.Core.Exports;

namespace LagoConsole.Exports;

/// <summary>The tables of Books.</summary>
internal static class BooksExports
{
    private static CsvTable<(string Currency, string Place, decimal Minor, string Meaning)> Sums => new CsvTable<(string Currency, string Place, decimal Minor, string Meaning)>()
        .Text("Where the money is", row => row.Place)
        .Money("Amount", row => row.Minor, row => row.Currency)
        .Text("Currency", row => row.Currency)
        .Text("What it means", row => row.Meaning);

    private static CsvTable<BooksCheck> Checks => new CsvTable<BooksCheck>()
        .Id("Check ID", row => row.Id)
        .Time("As of (UTC)", row => row.StartedAt)
        .Time("Finished (UTC)", row => row.FinishedAt)
        .Number("Failures", row => row.FailureCount)
        .Number("Keys", row => row.Keys)
        .Number("Increments", row => row.Increments)
        .Number("Meters", row => row.Meters)
        .Number("Records", row => row.Records)
        .Text("What fails", row => row.Failures);

    public static void Add(ExportRoutes exports)
    {
        exports.Add("sums", Sums, request =>
        {
            string? currency = request.Text("currency");
            return ExportRoutes.WholeAsync(async () => (await request.Get<BooksQueries>().AddUpAsync(request.Leaving)).Sums
                .Where(sums => currency is null || sums.Currency == currency).SelectMany(Lines));
        });
        exports.Add("checks", Checks, request => request.Get<BooksQueries>().StreamChecksAsync(request.Leaving));
    }

    private static IEnumerable<(string Currency, string Place, decimal Minor, string Meaning)> Lines(CurrencySums sums) =>
    [
        (sums.Currency, "counted", sums.Counted, "What Lago's totals grew by."),
        .. sums.Places.Select(place => (sums.Currency, place.Label, place.AmountMinor, place.Meaning)),
        .. sums.Beside.Select(place => (sums.Currency, $"beside it: {place.Label}", place.AmountMinor, place.Meaning)),
    ];
}
