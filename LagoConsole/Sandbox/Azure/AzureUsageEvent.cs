using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LagoConsole.Sandbox.Azure;

/// <summary>One event of a call, as far as it could be read.</summary>
/// <param name="AsSent">The caller's event.</param>
/// <param name="Problem">The field that could not be read; null when all could.</param>
public sealed record AzureUsageEvent(
    JsonObject AsSent, Guid ResourceId, decimal Quantity, string Dimension, DateTimeOffset EffectiveStartTime, string PlanId, string? Problem)
{
    /// <summary>Reads an event; a field that is not of its kind is named, and nothing is thrown.</summary>
    public static AzureUsageEvent Read(JsonNode? node)
    {
        JsonObject sent = node as JsonObject ?? [];
        string? problem = node is JsonObject ? null : "usageEvent";
        Guid resource = Guid.TryParse(Text(sent, "resourceId"), out Guid id) ? id : Missing<Guid>("resourceId");
        decimal quantity = Number(sent, "quantity") ?? Missing<decimal>("quantity");
        string dimension = Text(sent, "dimension") is { Length: > 0 } key ? key : Missing<string>("dimension") ?? "";
        string plan = Text(sent, "planId") is { Length: > 0 } planId ? planId : Missing<string>("planId") ?? "";
        DateTimeOffset start = DateTimeOffset.TryParse(
            Text(sent, "effectiveStartTime"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset instant)
            ? instant
            : Missing<DateTimeOffset>("effectiveStartTime");
        return new AzureUsageEvent(sent, resource, quantity, dimension, start, plan, problem);

        T? Missing<T>(string field)
        {
            problem ??= field;
            return default;
        }
    }

    private static string? Text(JsonObject sent, string name) =>
        sent.TryGetPropertyValue(name, out JsonNode? value) && value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static decimal? Number(JsonObject sent, string name) =>
        sent.TryGetPropertyValue(name, out JsonNode? value) && value?.GetValueKind() == JsonValueKind.Number
        && decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
            ? number
            : null;
}
