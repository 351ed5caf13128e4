using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LagoConsole.Core.Lago;

/// <summary>
/// How Lago's JSON is read: unknown fields and values pass, nulls pass where a member is nullable, and what
/// money depends on (<c>required</c>, not nullable) must be there.
/// </summary>
internal static class LagoJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        Converters = { new UtcInstantConverter() },
    };

    /// <summary>Lago writes UTC; the serializer would take an instant without an offset for this machine's time.</summary>
    private sealed class UtcInstantConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String
            && DateTimeOffset.TryParse(
                reader.GetString(),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out DateTimeOffset instant)
                ? instant
                : throw new JsonException(); // the serializer adds the path

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToUniversalTime());
    }
}
