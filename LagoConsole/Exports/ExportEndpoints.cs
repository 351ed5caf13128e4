using LagoConsole.SignIn;

namespace LagoConsole.Exports;

/// <summary>
/// Every table of the pages as a CSV file: all rows that match the filters in the address, for whoever may see the page.
/// </summary>
internal static class ExportEndpoints
{
    public static void MapExports(this WebApplication app)
    {
        ExportRoutes exports = new(app.MapGroup("/export").RequireAuthorization(policy => policy.RequireRole(Roles.Names)));
        OverviewExports.Add(exports);
        BuyerExports.Add(exports);
        ProductExports.Add(exports);
        UsageExports.Add(exports);
        WaitingExports.Add(exports);
        RecordExports.Add(exports);
        ReconciliationExports.Add(exports);
        BooksExports.Add(exports);
        JobExports.Add(exports);
        NotificationExports.Add(exports);
        AuditExports.Add(exports);
    }
}
