using System.Globalization;
using System.Text.Json;

namespace LagoConsole.Core.Reporting.Azure;

/// <summary>
/// By what an answer's event is recognised: never by its place, because Azure promises no order. The fields are those of the
/// stored payload, which is what Azure was told.
/// </summary>
internal sealed record AzureEvent(Guid ResourceId, string Dimension, DateTimeOffset StartTime, string PlanId, decimal Quantity)
{
    /// <exception cref="FormatException">The payload is not one that <see cref="AzureRules"/> made.</exception>
    public static AzureEvent Of(UsageRecord record)
    {
        using JsonDocument payload = JsonDocument.Parse(record.Payload);
        JsonElement root = payload.RootElement;
        return new AzureEvent(
            Guid.Parse(root.GetProperty("resourceId").GetString()!), root.GetProperty("dimension").GetString()!,
            Instant(root.GetProperty("effectiveStartTime").GetString()) ?? throw new FormatException("The payload has no start time."),
            root.GetProperty("planId").GetString()!, root.GetProperty("quantity").GetDecimal());
    }

    /// <summary>The item echoes this event.</summary>
    public bool IsAbout(JsonElement item) => IsOfTheResource(item)
        && Instant(StrictJson.Text(item, "effectiveStartTime")) == StartTime
        && StrictJson.Text(item, "planId") == PlanId;

    /// <summary>Azure keeps one event per resource, dimension and hour; minutes and plan do not make another.</summary>
    public bool IsOfTheSameHour(JsonElement held) => IsOfTheResource(held)
        && Instant(StrictJson.Text(held, "effectiveStartTime")) is { } start
        && Conversion.ReportingWindow.FloorToHour(start) == Conversion.ReportingWindow.FloorToHour(StartTime);

    private bool IsOfTheResource(JsonElement item) =>
        Guid.TryParse(StrictJson.Text(item, "resourceId"), out Guid resource) && resource == ResourceId && StrictJson.Text(item, "dimension") == Dimension;

    /// <summary>Real answers leave the zone out of some times: they are UTC.</summary>
    internal static DateTimeOffset? Instant(string? text) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset instant)
        ? instant
        : null;
}
