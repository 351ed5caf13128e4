using LagoConsole.Core.Exports;
using LagoConsole.Core.Notifications;

namespace LagoConsole.Exports;

/// <summary>The tables of Notifications.</summary>
internal static class NotificationExports
{
    private static CsvTable<NotificationDelivery> Deliveries => new CsvTable<NotificationDelivery>()
        .Id("Message ID", row => row.Id)
        .Time("Stored (UTC)", row => row.CreatedAt)
        .Id("Channel ID", row => row.ChannelId)
        .Text("Channel", row => row.ChannelName)
        .Text("Event", row => row.Event.ToString())
        .Text("Title", row => row.Title)
        .Text("Text", row => row.Text)
        .Text("Result", row => row.State.ToString())
        .Text("Problem", row => row.LastProblem)
        .Number("Attempts", row => row.AttemptCount)
        .Time("Last attempt (UTC)", row => row.LastAttemptAt)
        .Time("Delivered (UTC)", row => row.DeliveredAt);

    public static void Add(ExportRoutes exports) =>
        exports.Add("deliveries", Deliveries, request => request.Get<NotificationQueries>().StreamDeliveriesAsync(
            new DeliveryFilter(request.Id("channel"), request.Choice<DeliveryState>("state")), request.Leaving));
}
