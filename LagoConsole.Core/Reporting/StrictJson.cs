using System.Text.Json;
using System.Text.Unicode;

namespace LagoConsole.Core.Reporting;

/// <summary>
/// Reads a marketplace's answer as it is, not as it should be: whatever is missing, doubled or of another kind reads as null,
/// and never throws. Pure.
/// </summary>
internal static class StrictJson
{
    /// <summary>What is kept of an answer on an attempt.</summary>
    private const int MaxKept = 4000;

    /// <summary>A repeated name lets an answer say two things at once.</summary>
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Null when it is not JSON.</summary>
    public static JsonDocument? Parse(byte[] body)
    {
        if (!Utf8.IsValid(body))
        {
            return null; // the parser would only notice when a text is read
        }

        try
        {
            return JsonDocument.Parse(body, Strict);
        }
        catch (Exception strange) when (strange is JsonException or InvalidOperationException)
        {
            return null; // InvalidOperationException: a name with half a surrogate pair
        }
    }

    public static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out JsonElement value) ? value : null;

    public static string? Text(JsonElement? parent, string name)
    {
        if (Member(parent, name) is not { ValueKind: JsonValueKind.String } value)
        {
            return null;
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // half a surrogate pair
        }
    }

    /// <summary>A number in any notation: 1787230800, 1787230800.0 and 1.7872308E9 are equal.</summary>
    public static decimal? Number(JsonElement? parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDecimal(out decimal number) ? number : null;

    /// <summary>Empty where there is no list of that name.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement? parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    public static string Cut(string text) => text.Length <= MaxKept ? text : text[..MaxKept] + "…";

    /// <summary>An answer's own explanation, short enough for a page.</summary>
    public static string Shorten(string message) => message.Trim() is { Length: > 500 } text ? text[..500] + "…" : message.Trim();
}
