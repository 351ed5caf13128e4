using LagoConsole.Core.Exports;
using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Waiting;

namespace LagoConsole.Exports;

/// <summary>The tables of Waiting.</summary>
internal static class WaitingExports
{
    private static CsvTable<WaitingRow> Waiting => new CsvTable<WaitingRow>()
        .Money("Amount", row => row.Minor, row => row.Currency)
        .Text("Currency", row => row.Currency)
        .Text("Why it waits", row => row.Key.Reason.Label())
        .Text("What it means", row => row.Key.Reason.Sentence())
        .Id("Buyer ID", row => row.Key.BuyerId)
        .Text("Buyer", row => row.BuyerName)
        .Text("Subscription", row => row.SubscriptionExternalId)
        .Time("Period start (UTC)", row => row.PeriodStart)
        .Time("Period end (UTC)", row => row.PeriodEnd)
        .Text("Metric", row => row.MetricCode)
        .Id("Usage ID", row => row.Key.MarkId)
        .Number("Increments", row => row.Count)
        .Time("Since (UTC)", row => row.Since)
        .Time("Deadline (UTC)", row => row.Deadline)
        .Text("Coupons in Lago", row => ExportRoutes.YesNo(row.HasCoupons));

    private static CsvTable<HeldKey> Held => new CsvTable<HeldKey>()
        .Money("Held", row => row.HeldMinor, row => row.Currency)
        .Money("Waits with it", row => row.OpenMinor, row => row.Currency)
        .Text("Currency", row => row.Currency)
        .Text("Why it is held", row => row.Reason.Label())
        .Text("What it means", row => row.Reason.Sentence())
        .Id("Buyer ID", row => row.BuyerId)
        .Text("Buyer", row => row.BuyerName)
        .Text("Subscription", row => row.SubscriptionExternalId)
        .Time("Period start (UTC)", row => row.PeriodStart)
        .Time("Period end (UTC)", row => row.PeriodEnd)
        .Text("Metric", row => row.MetricCode)
        .Id("Usage ID", row => row.MarkId)
        .Money("Mark", row => row.MarkMinor, row => row.Currency)
        .Money("Last total", row => row.LastTotalMinor, row => row.Currency)
        .Money("Refused", row => row.RefusedMinor, row => row.Currency)
        .Time("Since (UTC)", row => row.Since)
        .Time("Deadline (UTC)", row => row.Deadline);

    private static CsvTable<ClosingRow> Closings => new CsvTable<ClosingRow>()
        .Id("Billing period ID", row => row.PeriodId)
        .Id("Buyer ID", row => row.BuyerId)
        .Text("Buyer", row => row.BuyerName)
        .Text("Subscription", row => row.SubscriptionExternalId)
        .Time("Period start (UTC)", row => row.PeriodStart)
        .Time("Period end (UTC)", row => row.PeriodEnd)
        .Text("What was found", row => row.Detail)
        .Time("Last asked (UTC)", row => row.LastAttemptAt);

    public static void Add(ExportRoutes exports)
    {
        exports.Add("waiting", Waiting, request => request.Get<WaitingQueries>().StreamAsync(
            new WaitingFilter(request.Choice<WaitReason>("reason"), request.Text("buyer"), request.Choice<WaitingOrder>("order") ?? WaitingOrder.Money), request.Leaving));
        exports.Add("held", Held, request =>
        {
            HeldFilter filter = new(request.Choice<HoldReason>("reason"), request.Text("buyer"));
            return ExportRoutes.PagesAsync(async (skip, take) => (await request.Get<HeldMoney>().ListAsync(filter, skip, take, request.Leaving)).Keys);
        });
        exports.Add("late-closings", Closings, request =>
        {
            string? buyer = request.Text("buyer");
            return ExportRoutes.PagesAsync(async (skip, take) => (await request.Get<WaitingQueries>().ListClosingsAsync(buyer, skip, take, request.Leaving)).Rows);
        });
    }
}
