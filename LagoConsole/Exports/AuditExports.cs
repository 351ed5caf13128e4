using LagoConsole.Core.Audit;
using LagoConsole.Core.Exports;

namespace LagoConsole.Exports;

/// <summary>The audit log.</summary>
internal static class AuditExports
{
    private static CsvTable<AuditEntry> Entries => new CsvTable<AuditEntry>()
        .Number("Entry ID", row => row.Id)
        .Time("When (UTC)", row => row.At)
        .Text("Who", row => row.Actor)
        .Text("From address", row => row.Address)
        .Text("What", row => row.Action)
        .Text("Subject", row => row.SubjectType)
        .Text("Subject ID", row => row.SubjectId)
        .Text("Before", row => row.Before)
        .Text("After", row => row.After)
        .Text("Note", row => row.Note);

    public static void Add(ExportRoutes exports) =>
        exports.Add("audit", Entries, request => request.Get<AuditQueries>().StreamAsync(
            new AuditFilter(request.Text("search"), request.Text("action"), request.From(), request.Until()), request.Leaving));
}
