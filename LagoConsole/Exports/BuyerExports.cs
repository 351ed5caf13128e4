using LagoConsole.Components.Fulfilment;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Exports;
using LagoConsole.Core.Fulfilment;
using LagoConsole.Core.Products;
using LagoConsole.Core.Waiting;

namespace LagoConsole.Exports;

/// <summary>The tables of Buyers, of one buyer and of Purchases.</summary>
internal static class BuyerExports
{
    /// <summary>A buyer whose money waits in two currencies has two rows.</summary>
    private static CsvTable<(BuyerRow Buyer, WaitingAmount? Waiting)> Buyers => new CsvTable<(BuyerRow Buyer, WaitingAmount? Waiting)>()
        .Id("Buyer ID", row => row.Buyer.Id)
        .Text("Buyer", row => row.Buyer.Name)
        .Text("E-mail", row => row.Buyer.Email)
        .Text("Lago Customer ID", row => row.Buyer.LagoCustomerId)
        .Text("Integration", row => row.Buyer.IntegrationName)
        .Text("Entitlements", row => string.Join(", ", row.Buyer.Entitlements.Select(state => state.Label())))
        .Money("Waiting", row => row.Waiting?.Minor, row => row.Waiting?.Currency)
        .Text("Currency", row => row.Waiting?.Currency);

    private static CsvTable<EntitlementDetail> Entitlements => new CsvTable<EntitlementDetail>()
        .Id("Entitlement ID", row => row.Id)
        .Id("Product ID", row => row.ProductId)
        .Text("Product", row => row.ProductName)
        .Text("Marketplace", row => row.Marketplace.Label())
        .Text("Billed to", row => string.Join(", ", row.Identity.Select(part => $"{part.Label} {part.Value}")))
        .Text("Plan", row => row.AzurePlanId)
        .Text("State", row => row.State.Label())
        .Time("Starts (UTC)", row => row.StartsAt)
        .Time("Ends (UTC)", row => row.EndsAt);

    private static CsvTable<RouteRow> Routes => new CsvTable<RouteRow>()
        .Id("Route ID", row => row.Id)
        .Text("Lago subscription", row => row.SubscriptionExternalId)
        .Text("Product", row => row.ProductName)
        .Text("Billed on", row => MarketplaceIdentity.InWords(row.Identity))
        .Time("Chosen (UTC)", row => row.CreatedAt)
        .Text("By", row => row.CreatedBy);

    private static CsvTable<NoticeRow> Notices => new CsvTable<NoticeRow>()
        .Id("Notice ID", row => row.Id)
        .Time("Received (UTC)", row => row.ReceivedAt)
        .Text("Marketplace", row => row.Marketplace.Label())
        .Text("Kind", row => row.Kind.Label())
        .Text("What it said", row => row.Said)
        .Time("Said (UTC)", row => row.SaidAt)
        .Text("Purchase", row => row.PurchaseId)
        .Text("State", row => PurchasesPage.StateText(row.State))
        .Text("What the console did", row => row.Outcome)
        .Id("Buyer ID", row => row.BuyerId)
        .Text("Buyer", row => row.BuyerName);

    public static void Add(ExportRoutes exports)
    {
        exports.Add("buyers", Buyers, request =>
        {
            string? show = request.Text("show");
            if (show is not (null or "unlinked"))
            {
                request.Refuse("show must be unlinked, or left out.");
            }

            return Lines(request.Get<BuyerQueries>().StreamAsync(request.Text("search"), unlinkedOnly: show is not null, request.Leaving));
        });
        exports.Add("entitlements", Entitlements, request =>
        {
            Guid id = request.Of();
            return ExportRoutes.WholeAsync<EntitlementDetail>(async () => (await request.Get<BuyerQueries>().FindAsync(id, request.Leaving))?.Entitlements ?? []);
        });
        exports.Add("routes", Routes, request =>
        {
            Guid id = request.Of();
            return ExportRoutes.WholeAsync<RouteRow>(async () => await request.Get<WaitingQueries>().ListRoutesAsync(id, request.Leaving));
        });
        exports.Add("purchases", Notices, request => request.Get<NoticeQueries>().StreamAsync(request.IsOn("open"), request.Leaving));
    }

    private static IAsyncEnumerable<(BuyerRow Buyer, WaitingAmount? Waiting)> Lines(IAsyncEnumerable<BuyerRow> buyers) =>
        buyers.SelectMany(buyer => buyer.Waiting.Select(amount => (buyer, (WaitingAmount?)amount)).DefaultIfEmpty((buyer, null)));
}
