using LagoConsole.Components.Usage;
using LagoConsole.Core.Exports;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Exports;

/// <summary>The tables of Records, of one record and of one group.</summary>
internal static class RecordExports
{
    public static CsvTable<RecordRow> Records => new CsvTable<RecordRow>()
        .Id("Record ID", row => row.Id)
        .Time("Hour (UTC)", row => row.SlotHour)
        .Text("State", row => row.State.Label())
        .Text("Assumed", row => ExportRoutes.YesNo(row.Assumed))
        .Id("Buyer ID", row => row.BuyerId)
        .Text("Buyer", row => row.BuyerName)
        .Text("Product", row => row.ProductName)
        .Text("Marketplace", row => row.Marketplace.Label())
        .Text("Dimension", row => row.DimensionKey)
        .Number("Quantity", row => row.Quantity)
        .Money("Unit price", row => row.UnitPriceMinor, row => row.Currency)
        .Money("Amount", row => row.AmountMinor, row => row.Currency)
        .Text("Currency", row => row.Currency)
        .Text("Error", row => row.ErrorMessage);

    private static CsvTable<GroupRow> Groups => new CsvTable<GroupRow>()
        .Id("Group ID", row => row.Id)
        .Time("Window start (UTC)", row => row.WindowStart)
        .Time("Window end (UTC)", row => row.WindowEnd)
        .Text("Status", row => row.Status.Label())
        .Id("Buyer ID", row => row.BuyerId)
        .Text("Buyer", row => row.BuyerName)
        .Text("Product", row => row.ProductName)
        .Text("Marketplace", row => row.Marketplace.Label())
        .Money("Released", row => row.ReleasedMinor, row => row.Currency)
        .Money("On records", row => row.OnRecordsMinor, row => row.Currency)
        .Money("Stays as money", row => row.RemainingMinor, row => row.Currency)
        .Text("Currency", row => row.Currency)
        .Number("Records", row => row.Records);

    private static CsvTable<(RecordPart Part, string Currency)> Parts => new CsvTable<(RecordPart Part, string Currency)>()
        .Id("Increment ID", row => row.Part.IncrementId)
        .Time("Seen at Lago (UTC)", row => row.Part.SeenAt)
        .Text("From", row => UsageKeyPage.SourceText(row.Part.Source))
        .Text("Metric", row => row.Part.MetricCode)
        .Text("Subscription", row => row.Part.SubscriptionExternalId)
        .Time("Period start (UTC)", row => row.Part.PeriodStart)
        .Time("Period end (UTC)", row => row.Part.PeriodEnd)
        .Money("Mark before", row => row.Part.FromMinor, row => row.Currency)
        .Money("Total seen", row => row.Part.ToMinor, row => row.Currency)
        .Money("Growth", row => row.Part.AmountMinor, row => row.Currency)
        .Money("In this record", row => row.Part.LinkedMinor, row => row.Currency)
        .Text("Currency", row => row.Currency)
        .Id("Usage ID", row => row.Part.MarkId)
        .Id("Group ID", row => row.Part.GroupId);

    private static CsvTable<AttemptRow> Attempts => new CsvTable<AttemptRow>()
        .Number("No.", row => row.Number)
        .Time("Started (UTC)", row => row.StartedAt)
        .Time("Ended (UTC)", row => row.EndedAt)
        .Number("HTTP", row => row.HttpStatus)
        .Text("Verdict", row => row.Verdict)
        .Text("Marketplace's request ID", row => row.RequestId)
        .Text("Request", row => row.Request)
        .Text("Answer", row => row.Response);

    private static CsvTable<GroupIncrement> Increments => new CsvTable<GroupIncrement>()
        .Id("Increment ID", row => row.Id)
        .Time("Seen (UTC)", row => row.SeenAt)
        .Text("Metric", row => row.MetricCode)
        .Text("Subscription", row => row.SubscriptionExternalId)
        .Money("Growth", row => row.AmountMinor, row => row.Currency)
        .Money("Waived", row => row.WaivedMinor, row => row.Currency)
        .Money("On no record yet", row => row.OpenMinor, row => row.Currency)
        .Text("Currency", row => row.Currency)
        .Id("Usage ID", row => row.MarkId);

    public static void Add(ExportRoutes exports)
    {
        exports.Add("records", Records, request => request.Get<RecordQueries>().StreamAsync(
            new RecordFilter(request.Text("search"), request.Choice<UsageRecordState>("state"), request.IsOn("person"), request.From(), request.Until()), request.Leaving));
        exports.Add("groups", Groups, request => request.Get<RecordQueries>().StreamGroupsAsync(
            new GroupFilter(request.Text("search"), request.Choice<UsageRecordGroupStatus>("status"), request.From(), request.Until()), request.Leaving));
        exports.Add("record-parts", Parts, request => OfRecord(request, detail => detail.Parts.Select(part => (part, detail.Record.Currency))));
        exports.Add("record-attempts", Attempts, request => OfRecord(request, detail => detail.Attempts));
        exports.Add("group-increments", Increments, request => OfGroup(request, detail => detail.Increments));
        exports.Add("group-records", Records, request => OfGroup(request, detail => detail.Records));
    }

    private static IAsyncEnumerable<TRow> OfRecord<TRow>(ExportRequest request, Func<RecordDetail, IEnumerable<TRow>> rows)
    {
        Guid id = request.Of();
        return ExportRoutes.WholeAsync(async () => await request.Get<RecordQueries>().FindAsync(id, request.Leaving) is { } detail ? rows(detail) : []);
    }

    private static IAsyncEnumerable<TRow> OfGroup<TRow>(ExportRequest request, Func<GroupDetail, IEnumerable<TRow>> rows)
    {
        Guid id = request.Of();
        return ExportRoutes.WholeAsync(async () => await request.Get<RecordQueries>().FindGroupAsync(id, request.Leaving) is { } detail ? rows(detail) : []);
    }
}
