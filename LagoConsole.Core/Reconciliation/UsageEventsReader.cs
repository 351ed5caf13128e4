using System.Text.Json;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Azure;

namespace LagoConsole.Core.Reconciliation;

/// <summary>
/// Reads Azure's list of usage events. Pure. A row that cannot be read, or that is there twice, makes the whole list one that is not
/// understood: a total that lacks a part would prove something wrong.
/// </summary>
internal static class UsageEventsReader
{
    /// <summary>Our own quantities are whole; others may have 16 digits, of which as many are kept as are stored.</summary>
    private const int Places = 10;

    /// <summary>Above this it is no quantity that an hour or a day can have.</summary>
    private const decimal MostUnits = 1_000_000_000_000_000;

    /// <summary>No dimension of Partner Center is as long.</summary>
    private const int MaxKey = 255;

    private const int MaxName = 100;

    /// <summary>Null when it is not understood.</summary>
    public static IReadOnlyList<UsageEventRow>? Read(byte[] body)
    {
        using JsonDocument? json = StrictJson.Parse(body);
        if (json?.RootElement is not { ValueKind: JsonValueKind.Array } list)
        {
            return null;
        }

        List<UsageEventRow> rows = [];
        HashSet<(Guid Resource, string Dimension, string Plan, string Offer, DateTimeOffset Date, string Status)> seen = [];
        foreach (JsonElement item in list.EnumerateArray())
        {
            if (StrictJson.Text(item, "usageResourceId") is not { Length: > 0 } resource)
            {
                return null;
            }

            if (!Guid.TryParse(resource, out Guid id))
            {
                continue; // a managed app is named by its address: none of this console's purchases is one
            }

            if (AzureEvent.Instant(StrictJson.Text(item, "usageDate")) is not { } date
                || StrictJson.Text(item, "dimension") is not { Length: > 0 and <= MaxKey } dimension
                || StrictJson.Text(item, "reconStatus") is not { Length: > 0 and <= MaxName } status
                || Quantity(item, "submittedQuantity") is not { } submitted
                || Quantity(item, "processedQuantity") is not { } processed
                || Quantity(item, "submittedCount") is not { } events || events > int.MaxValue)
            {
                return null;
            }

            string plan = StrictJson.Text(item, "planId") ?? "";
            string offer = StrictJson.Text(item, "offerId") ?? "";
            if (plan.Length > MaxName || offer.Length > MaxName || !seen.Add((id, dimension, plan, offer, date, status)))
            {
                return null;
            }

            rows.Add(new UsageEventRow(id, dimension, plan, offer, UtcDay.Of(date), submitted, processed, (long)events, status));
        }

        return rows;
    }

    private static decimal? Quantity(JsonElement item, string name) =>
        StrictJson.Number(item, name) is { } number and >= 0 and <= MostUnits ? decimal.Round(number, Places) : null;
}
