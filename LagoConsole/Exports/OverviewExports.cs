using LagoConsole.Components.Overview;
using LagoConsole.Core.Exports;
using LagoConsole.Core.History;
using LagoConsole.Core.Overview;
using LagoConsole.Core.Products;

namespace LagoConsole.Exports;

/// <summary>The tables of the overview.</summary>
internal static class OverviewExports
{
    private static CsvTable<PersonNeed> Needs => new CsvTable<PersonNeed>()
        .Text("What", row => NeedLine.Of(row).What)
        .Money("Amount", row => row.Money?.Minor, row => row.Money?.Currency)
        .Text("Currency", row => row.Money?.Currency)
        .Time("Until (UTC)", row => row.Deadline)
        .Text("Where", row => NeedLine.Of(row).Href);

    private static CsvTable<(BoardIntegration Integration, BoardLine Line, string Since, BoardWindow Window)> Money =>
        new CsvTable<(BoardIntegration Integration, BoardLine Line, string Since, BoardWindow Window)>()
            .Id("Integration ID", row => row.Integration.Id)
            .Text("Integration", row => MoneyBoard.Name(row.Integration))
            .Text("Marketplace", row => row.Line.Place.Marketplace?.Label())
            .Text("Since", row => row.Since)
            .Money("Counted", row => row.Window.CountedMinor, row => row.Line.Place.Currency)
            .Money("Billed", row => row.Window.BilledMinor, row => row.Line.Place.Currency)
            .Money("Waiting", row => row.Window.WaitingMinor, row => row.Line.Place.Currency)
            .Money("Unresolved", row => row.Window.UnresolvedMinor, row => row.Line.Place.Currency)
            .Text("Currency", row => row.Line.Place.Currency);

    private static CsvTable<(BilledPoint Point, string Currency)> Billed => new CsvTable<(BilledPoint Point, string Currency)>()
        .Time("From (UTC)", row => row.Point.Range.From)
        .Time("Until (UTC)", row => row.Point.Range.Until)
        .Money("Billed", row => row.Point.BilledMinor, row => row.Currency)
        .Text("Currency", row => row.Currency);

    public static void Add(ExportRoutes exports)
    {
        exports.Add("needs", Needs, request => ExportRoutes.WholeAsync<PersonNeed>(async () =>
            await request.Get<OverviewQueries>().ListNeedsAsync(await request.Get<JobHistory>().ListJobsAsync(request.Leaving), request.Leaving)));
        exports.Add("money", Money, request =>
        {
            Guid? wanted = request.Id("integration");
            return ExportRoutes.WholeAsync(async () =>
                from integration in (await BoardAsync(request)).Integrations
                where wanted is null || integration.Id == wanted
                from line in integration.Lines
                from window in MoneyBoard.Windows(line)
                select (integration, line, window.Title, window.Window));
        });
        exports.Add("billed", Billed, request =>
        {
            (bool byDay, string? currency) = (request.IsOn("days"), request.Text("currency"));
            return ExportRoutes.WholeAsync(async () =>
                from series in (await BoardAsync(request)).Billed
                where currency is null || series.Currency == currency
                from point in byDay ? series.Days : series.Hours
                select (point, series.Currency));
        });
    }

    private static async Task<OverviewBoard> BoardAsync(ExportRequest request) =>
        await request.Get<OverviewQueries>().LoadAsync(await request.Get<JobHistory>().ListJobsAsync(request.Leaving), request.Leaving);
}
