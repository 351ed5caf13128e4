using System.Globalization;

namespace LagoConsole.Components.Audit;

/// <summary>Where the subject of an entry is shown. Pure.</summary>
internal static class AuditSubject
{
    /// <summary>Null where no page shows it, or its page is gone with it.</summary>
    public static string? Href(string type, string id) => (type, Guid.TryParse(id, CultureInfo.InvariantCulture, out Guid guid)) switch
    {
        ("Buyer", true) => $"/buyers/{guid}",
        ("Product", true) => $"/products/{guid}",
        ("UsageRecord", true) => $"/records/{guid}",
        ("HighWaterMark", true) => $"/usage/{guid}",
        ("Integration", _) => "/integrations",
        ("Account", _) => "/settings",
        ("Job", _) => "/jobs",
        ("NotificationChannel", _) => "/notifications",
        ("ReceivedNotice", _) => "/purchases",
        ("UsageReading", _) => "/reconciliation",
        _ => null,
    };
}
