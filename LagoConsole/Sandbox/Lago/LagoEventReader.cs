using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LagoConsole.Sandbox.Lago;

/// <summary>Reads the body of <c>POST /events</c>.</summary>
internal static class LagoEventReader
{
    /// <summary>The event; without a timestamp it happened now.</summary>
    /// <exception cref="JsonException">Not an event.</exception>
    public static LagoEvent Read(ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        if (JsonNode.Parse(body.Span) is not JsonObject { } root || root["event"] is not JsonObject line)
        {
            throw new JsonException("param is missing or the value is empty: event");
        }

        JsonObject properties = line["properties"] as JsonObject ?? [];
        return new LagoEvent(
            Text(line, "transaction_id") ?? throw new JsonException("transaction_id is missing"),
            Text(line, "external_subscription_id") ?? throw new JsonException("external_subscription_id is missing"),
            Text(line, "code") ?? throw new JsonException("code is missing"),
            Number(line, "timestamp") is { } seconds ? FromUnix(seconds) : now,
            Number(properties, "value") ?? 0,
            Text(properties, "key"),
            Text(properties, "operation_type") == "remove");
    }

    private static DateTimeOffset FromUnix(decimal seconds) =>
        DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));

    private static string? Text(JsonObject from, string name) =>
        from[name] is JsonValue value ? value.ToString() : null;

    // Clients send numbers as numbers or as text.
    private static decimal? Number(JsonObject from, string name)
    {
        if (Text(from, name) is not { } text)
        {
            return null;
        }

        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
            ? number
            : throw new JsonException($"{name} is not a number");
    }
}
