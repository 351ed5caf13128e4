using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LagoConsole.Sandbox.Azure;

/// <summary>One event of a call, as far as it could be read.</summary>
/// <param name="AsSent">The caller's event.</param>
/// <param name="ResourceId">The subscription; empty where a managed app is named by its address instead.</param>
/// <param name="Problem">The field that is missing or not of its kind; null when all could be read.</param>
public sealed record AzureUsageEvent(
    JsonObject AsSent, Guid ResourceId, decimal Quantity, string Dimension, DateTimeOffset EffectiveStartTime, string PlanId, string? Problem)
{
    /// <summary>ISO 8601; without a zone it is UTC.</summary>
    private const string InstantForm = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK";

    /// <summary>Reads an event; a field that is not of its kind is named, and nothing is thrown.</summary>
    public static AzureUsageEvent Read(JsonNode? node)
    {
        JsonObject sent = node as JsonObject ?? [];
        string? problem = node is JsonObject ? ResourceProblem(sent) : "usageEvent";
        Guid resource = Guid.TryParseExact(Text(sent, "resourceId"), "D", out Guid id) ? id : Guid.Empty;
        decimal quantity = Number(sent, "quantity") ?? Missing<decimal>("quantity");
        string dimension = Text(sent, "dimension") ?? Missing<string>("dimension") ?? "";
        string plan = Text(sent, "planId") ?? Missing<string>("planId") ?? "";
        DateTimeOffset start = DateTimeOffset.TryParseExact(
            Text(sent, "effectiveStartTime"), InstantForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out DateTimeOffset instant)
            ? instant
            : Missing<DateTimeOffset>("effectiveStartTime");
        return new AzureUsageEvent(sent, resource, quantity, dimension, start, plan, problem);

        T? Missing<T>(string field)
        {
            problem ??= field;
            return default;
        }
    }

    /// <summary>Exactly one of the two names of a resource: a subscription's GUID with its hyphens, or a managed app's address.</summary>
    private static string? ResourceProblem(JsonObject sent) => (sent["resourceId"], sent["resourceUri"]) switch
    {
        ({ }, null) => Guid.TryParseExact(Text(sent, "resourceId"), "D", out _) ? null : "resourceId",
        (null, { }) => Text(sent, "resourceUri") is null ? "resourceUri" : null,
        _ => "resourceId",
    };

    private static string? Text(JsonObject sent, string name) =>
        sent[name] is { } value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is { Length: > 0 } text ? text : null;

    private static decimal? Number(JsonObject sent, string name) =>
        sent[name] is { } value && value.GetValueKind() == JsonValueKind.Number
        && decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
            ? number
            : null;
}
