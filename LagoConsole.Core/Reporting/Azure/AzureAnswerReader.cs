using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LagoConsole.Core.Reporting.Azure;

/// <summary>
/// Reads what Azure said of each event of a batch. Pure. An answer is believed only where it is understood completely: what is
/// missing, doubled or strange leaves its record unknown, never billed and never refused.
/// </summary>
internal static class AzureAnswerReader
{
    /// <returns>For each event, in the order given, its receipt and the part of the answer that it rests on.</returns>
    public static IReadOnlyList<(MeteringReceipt Receipt, string Kept)> Read(
        IReadOnlyList<AzureEvent> events, int status, byte[] body, string? retryAfter, Func<string, string> redact)
    {
        using JsonDocument? json = StrictJson.Parse(body);
        return status == 200 ? ReadSuccess(events, json, body, redact) : ReadError(events, json, status, body, retryAfter, redact);
    }

    private static List<(MeteringReceipt, string)> ReadError(
        IReadOnlyList<AzureEvent> events, JsonDocument? json, int status, byte[] body, string? retryAfter, Func<string, string> redact)
    {
        string? code = StrictJson.Text(json?.RootElement, "code") is { Length: > 0 and <= 100 } name ? name : null;
        string message = StrictJson.Shorten(redact(StrictJson.Text(json?.RootElement, "message") ?? ""));
        MeteringReceipt receipt = AzureErrors.OfCall(status, code, message, retryAfter);
        string kept = json is null
            ? StrictJson.Cut($"HTTP {status}: {redact(Encoding.UTF8.GetString(body))}")
            : StrictJson.Cut($"HTTP {status} {code}: {message}");
        return [.. events.Select(_ => (receipt, kept))];
    }

    private static List<(MeteringReceipt, string)> ReadSuccess(
        IReadOnlyList<AzureEvent> events, JsonDocument? json, byte[] body, Func<string, string> redact)
    {
        List<JsonElement> items = [.. StrictJson.Items(json?.RootElement, "result")];
        return [.. events.Select(sent =>
        {
            List<JsonElement> about = [.. items.Where(item => sent.IsAbout(item))];
            return about switch
            {
                [] => (Doubtful("Azure's answer does not mention the record"), Whole()),
                [JsonElement one] => (Receipt(one, sent, redact), StrictJson.Cut(redact(one.GetRawText()))),
                _ => (Doubtful($"Azure's answer mentions the record {about.Count} times"), Whole()),
            };
        })];

        string Whole() => StrictJson.Cut($"HTTP 200: {redact(Encoding.UTF8.GetString(body))}");
    }

    private static MeteringReceipt Receipt(JsonElement item, AzureEvent sent, Func<string, string> redact)
    {
        string? status = StrictJson.Text(item, "status"); // not error.code: several statuses carry the same
        switch (status)
        {
            case "Accepted" when StrictJson.Number(item, "quantity") is null:
                return Doubtful("Azure accepted the record and does not say what of it");
            case "Accepted" when StrictJson.Number(item, "quantity") is { } stored && stored != sent.Quantity:
                return new MeteringReceipt.Conflict(stored, Differs(stored, sent));
            case "Accepted":
                return Id(item) is { } id ? new MeteringReceipt.Accepted(id) : Doubtful("Azure accepted the record without an id for it");
            case "Duplicate":
                return Duplicate(StrictJson.Member(StrictJson.Member(StrictJson.Member(item, "error"), "additionalInfo"), "acceptedMessage"), sent);
            default:
                return AzureErrors.OfItem(status, StrictJson.Shorten(redact(Explanation(item)))) ?? Doubtful("Azure's answer for the record is not one that it documents");
        }
    }

    /// <summary>Azure tells what it holds for the hour: that is proof, either way.</summary>
    private static MeteringReceipt Duplicate(JsonElement? accepted, AzureEvent sent)
    {
        if (accepted is not { } held || StrictJson.Number(held, "quantity") is not { } stored)
        {
            return Doubtful("Azure holds an event of this hour and does not say which");
        }

        return sent.IsOfTheSameHour(held)
            ? new MeteringReceipt.AlreadyAccepted(Id(held), stored)
            : new MeteringReceipt.Conflict(stored, "Azure names an event of another hour, resource or dimension as the one that it holds. Compare with Partner Center before deciding.");
    }

    private static string Differs(decimal stored, AzureEvent sent) => string.Create(
        CultureInfo.InvariantCulture, $"Azure says that it took {stored} units for this hour, but {sent.Quantity} were sent. Compare with Partner Center before deciding.");

    private static string? Id(JsonElement item) => StrictJson.Text(item, "usageEventId") is { Length: > 0 and <= 200 } id ? id : null;

    private static string Explanation(JsonElement item)
    {
        JsonElement? error = StrictJson.Member(item, "error");
        string detail = string.Join(' ', StrictJson.Items(error, "details").Select(part => StrictJson.Text(part, "message")).Where(text => !string.IsNullOrWhiteSpace(text)));
        return detail.Length > 0 ? detail : StrictJson.Text(error, "message") ?? "";
    }

    private static MeteringReceipt.Unknown Doubtful(string what) =>
        new($"{what}: whether it was billed is not known. The same record is sent again until Azure says.");
}
