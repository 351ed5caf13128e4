using System.Text.Json;
using System.Text.Json.Serialization;

namespace LagoConsole.Core.Lago;

/// <summary>
/// A <c>lago_id</c> in sixteen bytes. Where it is text of another form it is kept as it is: what comes out is always what went in.
/// </summary>
[JsonConverter(typeof(Converter))]
public readonly record struct LagoUuid
{
    private readonly Guid _value;
    private readonly string? _text;

    public LagoUuid(string text)
    {
        if (!Guid.TryParseExact(text, "D", out _value) || !string.Equals(_value.ToString("D"), text, StringComparison.Ordinal))
        {
            (_value, _text) = (Guid.Empty, text);
        }
    }

    public override string ToString() => _text ?? _value.ToString("D");

    private sealed class Converter : JsonConverter<LagoUuid>
    {
        public override LagoUuid Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException()); // the serializer adds the path

        public override void Write(Utf8JsonWriter writer, LagoUuid value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
