using LagoConsole.Components.Usage;
using LagoConsole.Core.Explain;
using LagoConsole.Core.Exports;
using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Exports;

/// <summary>The tables of Usage, of one key and of Explain.</summary>
internal static class UsageExports
{
    private static CsvTable<UsageKeyRow> Keys => new CsvTable<UsageKeyRow>()
        .Id("Usage ID", row => row.MarkId)
        .Id("Buyer ID", row => row.BuyerId)
        .Text("Buyer", row => row.BuyerName)
        .Text("Subscription", row => row.SubscriptionExternalId)
        .Time("Period start (UTC)", row => row.PeriodStart)
        .Time("Period end (UTC)", row => row.PeriodEnd)
        .Text("Period", row => row.PeriodState.ToString())
        .Text("Metric", row => row.MetricCode)
        .Money("Last total", row => row.LastTotalMinor, row => row.Currency)
        .Money("High-water mark", row => row.MarkMinor, row => row.Currency)
        .Money("Baseline", row => row.BaselineMinor, row => row.Currency)
        .Money("Waiting", row => row.WaitingMinor, row => row.Currency)
        .Money("Open on meter", row => row.OpenMinor, row => row.Currency)
        .Money("Held", row => row.HeldMinor, row => row.Currency)
        .Money("Refused", row => row.RefusedMinor, row => row.Currency)
        .Money("Above Lago's final", row => row.AboveFinalMinor, row => row.Currency)
        .Text("Currency", row => row.Currency)
        .Text("Why it is held", row => row.Hold?.Label())
        .Text("Reported at period close only", row => ExportRoutes.YesNo(row.ReportAtCloseOnly))
        .Text("Coupons in Lago", row => ExportRoutes.YesNo(row.HasCoupons))
        .Time("Seen (UTC)", row => row.LastTotalAt);

    private static CsvTable<(UsageMoment Moment, string Currency)> History => new CsvTable<(UsageMoment Moment, string Currency)>()
        .Time("Seen (UTC)", row => row.Moment.At)
        .Text("From", row => UsageKeyPage.SourceText(row.Moment.Source))
        .Money("Total at Lago", row => row.Moment.TotalMinor, row => row.Currency)
        .Money("Mark after", row => row.Moment.MarkMinor, row => row.Currency)
        .Money("Growth", row => row.Moment.Increment?.AmountMinor, row => row.Currency)
        .Money("Of it on no record", row => row.Moment.Increment?.OpenMinor, row => row.Currency)
        .Money("Of it waived", row => row.Moment.Increment?.WaivedMinor, row => row.Currency)
        .Text("Currency", row => row.Currency)
        .Text("Why it waits", row => row.Moment.Increment?.WaitReason?.Label())
        .Id("Increment ID", row => row.Moment.Increment?.Id)
        .Id("Group ID", row => row.Moment.Increment?.GroupId)
        .Text("Record IDs", row => string.Join(' ', row.Moment.Increment?.Records.Select(record => record.RecordId) ?? []));

    private static CsvTable<(ExplainedGrowth Growth, UsageKeyRow Key, Guid? RecordId)> Growth => new CsvTable<(ExplainedGrowth Growth, UsageKeyRow Key, Guid? RecordId)>()
        .Id("Increment ID", row => row.Growth.IncrementId)
        .Id("Usage ID", row => row.Key.MarkId)
        .Text("Metric", row => row.Key.MetricCode)
        .Text("Subscription", row => row.Key.SubscriptionExternalId)
        .Time("Seen (UTC)", row => row.Growth.SeenAt)
        .Text("What Lago showed", row => ExplainText.Growth(row.Growth, row.Key))
        .Money("Growth", row => row.Growth.AmountMinor, row => row.Key.Currency)
        .Money("In this record", row => row.RecordId is { } record ? In(row.Growth, record) : null, row => row.Key.Currency)
        .Money("On records", row => row.Growth.Parts.Sum(part => part.HeldMinor), row => row.Key.Currency)
        .Money("Waived", row => row.Growth.WaivedMinor, row => row.Key.Currency)
        .Money("Billed before a restore", row => row.Growth.BilledBeforeRestoreMinor, row => row.Key.Currency)
        .Money("Open", row => row.Growth.OpenMinor, row => row.Key.Currency)
        .Text("Currency", row => row.Key.Currency)
        .Text("Why it waits", row => row.Growth.WaitReason?.Label())
        .Text("Record IDs", row => string.Join(' ', row.Growth.Parts.Select(part => part.RecordId)));

    private static CsvTable<(ExplainedRecord Record, string Currency)> Billing => new CsvTable<(ExplainedRecord Record, string Currency)>()
        .Id("Record ID", row => row.Record.RecordId)
        .Time("Hour (UTC)", row => row.Record.SlotHour)
        .Text("Dimension", row => row.Record.DimensionKey)
        .Number("Quantity", row => row.Record.Quantity)
        .Money("Unit price", row => row.Record.UnitPriceMinor, row => row.Currency)
        .Text("State", row => row.Record.State.Label())
        .Text("Assumed", row => ExportRoutes.YesNo(row.Record.Assumed))
        .Money("Of this usage", row => row.Record.AmountMinor, row => row.Currency)
        .Text("Currency", row => row.Currency);

    public static void Add(ExportRoutes exports)
    {
        exports.Add("usage", Keys, request => request.Get<UsageQueries>().StreamAsync(
            new UsageFilter(request.Text("search"), request.Choice<UsageView>("view") ?? UsageView.All), request.Leaving));
        exports.Add("usage-history", History, request =>
        {
            Guid id = request.Of();
            return ExportRoutes.PagesAsync<(UsageMoment, string)>(async (skip, take) =>
                await request.Get<UsageQueries>().FindAsync(id, skip, take, request.Leaving) is { } history
                    ? [.. history.Moments.Select(moment => (moment, history.Key.Currency))]
                    : []);
        });
        exports.Add("explained-growth", Growth, request =>
        {
            Guid id = request.Of();
            return ExportRoutes.WholeAsync(async () => await request.Get<ExplainQueries>().FindKeyAsync(id, request.Leaving) is { } key
                ? key.Growth.Select(growth => (growth, key.Key, (Guid?)null))
                : []);
        });
        exports.Add("explained-record-growth", Growth, request =>
        {
            Guid id = request.Of();
            return ExportRoutes.WholeAsync(async () => (await request.Get<ExplainQueries>().FindRecordAsync(id, request.Leaving))?.Keys.SelectMany(
                key => key.Growth.Where(growth => growth.Parts.Any(part => part.RecordId == id)).Select(growth => (growth, key.Key, (Guid?)id))) ?? []);
        });
        exports.Add("explained-records", Billing, request =>
        {
            Guid id = request.Of();
            return ExportRoutes.WholeAsync(async () => await request.Get<ExplainQueries>().FindKeyAsync(id, request.Leaving) is { } key
                ? key.Records.Select(record => (record, key.Key.Currency))
                : []);
        });
    }

    private static decimal In(ExplainedGrowth growth, Guid record) => growth.Parts.Where(part => part.RecordId == record).Sum(part => part.AmountMinor);
}
