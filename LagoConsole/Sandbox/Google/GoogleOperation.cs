using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LagoConsole.Sandbox.Google;

/// <summary>One operation of a call, read: one value of one metric, a 64-bit integer, as billing metrics have.</summary>
/// <param name="Content">As it was sent.</param>
public sealed record GoogleOperation(
    string OperationId, string Consumer, DateTimeOffset StartTime, DateTimeOffset EndTime, string MetricName, long Quantity, string Content)
{
    /// <summary>Reads an operation.</summary>
    /// <exception cref="GoogleRefusedException">A field is missing or not of its kind: the whole call fails.</exception>
    public static GoogleOperation Read(JsonNode? node)
    {
        JsonObject sent = node as JsonObject ?? throw Bad("operation");
        Text(sent, "operationName");
        JsonObject set = (sent["metricValueSets"] as JsonArray) is [JsonObject only] ? only : throw Bad("metricValueSets");
        JsonObject value = (set["metricValues"] as JsonArray) is [JsonObject single] ? single : throw Bad("metricValues");
        return new GoogleOperation(
            Text(sent, "operationId"), Text(sent, "consumerId"), Instant(sent, "startTime"), Instant(sent, "endTime"), Text(set, "metricName"),
            long.TryParse(Text(value, "int64Value"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long quantity) ? quantity : throw Bad("int64Value"),
            sent.ToJsonString());
    }

    /// <summary>64-bit integers are texts in Google's JSON; a bare number is refused.</summary>
    private static string Text(JsonObject parent, string name) =>
        parent[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is { Length: > 0 } text ? text : throw Bad(name);

    private static DateTimeOffset Instant(JsonObject parent, string name) => DateTimeOffset.TryParse(
        Text(parent, name), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out DateTimeOffset instant) ? instant : throw Bad(name);

    private static GoogleRefusedException Bad(string field) => new($"{field} is missing or not of its kind.");
}
