using System.Globalization;
using LagoConsole.Core.Exports;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reconciliation;

namespace LagoConsole.Exports;

/// <summary>The tables of Reconciliation.</summary>
internal static class ReconciliationExports
{
    private static CsvTable<ReconciliationRow> Days => new CsvTable<ReconciliationRow>()
        .Time("Day (UTC)", row => row.Day)
        .Id("Buyer ID", row => row.BuyerId)
        .Text("Buyer", row => row.BuyerName)
        .Text("Product", row => row.ProductName)
        .Id("Azure's subscription ID", row => row.ResourceId)
        .Text("Dimension", row => row.DimensionKey)
        .Number("Ours, accepted", row => row.Books.Accepted)
        .Number("Ours, unknown", row => row.Books.Unknown)
        .Number("Ours, unresolved", row => row.Books.Unresolved)
        .Number("Azure, reported", row => row.Total?.Submitted)
        .Number("Azure, processed", row => row.Total?.Processed)
        .Text("Azure, statuses", row => row.Total?.Statuses)
        .Text("Verdict", row => row.Comparison.Verdict.Label())
        .Number("Difference", row => row.Comparison.Verdict == DayVerdict.NotRead ? null : row.Comparison.Difference)
        .Money("Accepted amount", row => row.AcceptedMinor, row => row.Currency)
        .Money("Difference amount", row => row.Comparison.Verdict == DayVerdict.NotRead ? null : row.DifferenceMinor, row => row.Currency)
        .Text("Currency", row => row.Currency)
        .Time("Read (UTC)", row => row.ReadAt)
        .Text("What to do", row => row.Comparison.Todo);

    private static CsvTable<UnresolvedRow> Unresolved => new CsvTable<UnresolvedRow>()
        .Id("Record ID", row => row.Record.Id)
        .Time("Hour (UTC)", row => row.Record.SlotHour)
        .Id("Buyer ID", row => row.Record.BuyerId)
        .Text("Buyer", row => row.Record.BuyerName)
        .Text("Product", row => row.Record.ProductName)
        .Text("Dimension", row => row.Record.DimensionKey)
        .Number("Quantity", row => row.Record.Quantity)
        .Money("Amount", row => row.Record.AmountMinor, row => row.Record.Currency)
        .Text("Currency", row => row.Record.Currency)
        .Text("Why it is not settled", row => row.Because ?? row.Record.ErrorMessage);

    private static CsvTable<SoleWriterRow> Writers => new CsvTable<SoleWriterRow>()
        .Id("Product ID", row => row.ProductId)
        .Text("Product", row => row.ProductName)
        .Text("Marketplace", row => row.Marketplace.Label())
        .Text("Confirmed by", row => row.ConfirmedBy)
        .Time("Confirmed (UTC)", row => row.ConfirmedAt);

    public static void Add(ExportRoutes exports)
    {
        exports.Add("reconciliation", Days, request =>
        {
            string? buyer = request.Text("buyer");
            if (request.From() is { } from && request.Until() is { } until && from < until && until - from <= TimeSpan.FromDays(ReconciliationQueries.MostDays))
            {
                return ExportRoutes.WholeAsync<ReconciliationRow>(async () =>
                    (await request.Get<ReconciliationQueries>().LoadAsync(new ReconciliationFilter(from, until, buyer), request.Leaving)).Rows);
            }

            request.Refuse(string.Create(CultureInfo.InvariantCulture, $"from and until must span 1 to {ReconciliationQueries.MostDays} days."));
            return AsyncEnumerable.Empty<ReconciliationRow>();
        });
        exports.Add("unresolved", Unresolved, request =>
        {
            Marketplace? marketplace = request.Choice<Marketplace>("marketplace");
            if (marketplace is { } one)
            {
                return request.Get<ReconciliationQueries>().StreamUnresolvedAsync(one, request.Leaving);
            }

            request.Refuse("The address does not say of which marketplace.");
            return AsyncEnumerable.Empty<UnresolvedRow>();
        });
        exports.Add("sole-writers", Writers, request => ExportRoutes.WholeAsync<SoleWriterRow>(async () => await request.Get<ReconciliationQueries>().ListWritersAsync(request.Leaving)));
    }
}
