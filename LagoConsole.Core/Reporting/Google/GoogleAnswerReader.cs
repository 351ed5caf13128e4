using System.Text;
using System.Text.Json;

namespace LagoConsole.Core.Reporting.Google;

/// <summary>
/// Reads Google's answers. Pure. A report names only what failed; so its silence is believed only in an answer that is whole and
/// of a shape that Google documents.
/// </summary>
internal static class GoogleAnswerReader
{
    /// <summary>All that a whole answer to a check may say (discovery document, <c>CheckResponse</c>).</summary>
    private static readonly string[] InCheck = ["operationId", "checkErrors", "checkInfo", "quotaInfo", "serviceConfigId", "serviceRolloutId"];

    /// <summary>All that a whole answer to a report may say (discovery document, <c>ReportResponse</c>).</summary>
    private static readonly string[] InReport = ["reportErrors", "reportInfos", "serviceConfigId", "serviceRolloutId"];

    /// <summary>Null when the buyer may be billed.</summary>
    public static MeteringReceipt? ReadCheck(int status, byte[] body, Func<string, string> redact)
    {
        using JsonDocument? json = StrictJson.Parse(body);
        if (status != 200)
        {
            return OfCall(status, json, redact, isReport: false);
        }

        if (json?.RootElement is not { ValueKind: JsonValueKind.Object } answer || !HasOnly(answer, InCheck) || !IsListOrAbsent(answer, "checkErrors"))
        {
            return new MeteringReceipt.NotProcessed("Google's answer to the question whether the buyer may be billed was not understood. Nothing was reported; the same record goes again by itself.");
        }

        MeteringReceipt[] against =
        [
            .. StrictJson.Items(answer, "checkErrors").Select(error => GoogleErrors.OfCheck(
                Name(error, "code"), StrictJson.Shorten(redact(StrictJson.Text(error, "detail") ?? "")))),
        ];
        return against.FirstOrDefault(receipt => receipt is MeteringReceipt.Rejected) ?? against.FirstOrDefault();
    }

    /// <returns>For each record, in the order given, its receipt and the part of the answer that it rests on.</returns>
    public static IReadOnlyList<(MeteringReceipt Receipt, string Kept)> ReadReport(
        IReadOnlyList<UsageRecord> records, int status, byte[] body, Func<string, string> redact)
    {
        using JsonDocument? json = StrictJson.Parse(body);
        string kept = StrictJson.Cut($"HTTP {status}: {redact(Encoding.UTF8.GetString(body))}");
        if (status != 200)
        {
            MeteringReceipt failed = OfCall(status, json, redact, isReport: true);
            return [.. records.Select(_ => (failed, kept))];
        }

        if (json?.RootElement is not { ValueKind: JsonValueKind.Object } answer || !IsUnderstood(answer, records))
        {
            MeteringReceipt doubtful = new MeteringReceipt.Unknown(
                "Google's answer is not one that it documents: whether the record was billed is not known. The same operation is reported again: it counts once.");
            return [.. records.Select(_ => (doubtful, kept))];
        }

        ILookup<string, JsonElement> failures = StrictJson.Items(answer, "reportErrors")
            .ToLookup(error => StrictJson.Text(error, "operationId")!, StringComparer.OrdinalIgnoreCase);
        return [.. records.Select(record => (Receipt([.. failures[record.Id.ToString()]], record, redact), kept))];
    }

    private static MeteringReceipt Receipt(JsonElement[] errors, UsageRecord record, Func<string, string> redact) => errors switch
    {
        [] => new MeteringReceipt.Accepted(record.Id.ToString()), // the operation's id is the only name that there is
        [JsonElement one] when StrictJson.Number(StrictJson.Member(one, "status"), "code") is { } code and > 0 and < 100 =>
            GoogleErrors.OfOperation((int)code, StrictJson.Shorten(redact(StrictJson.Text(StrictJson.Member(one, "status"), "message") ?? ""))),
        _ => new MeteringReceipt.Unknown("Google names the operation as failed and does not say how. The same operation is reported again: it counts once."),
    };

    /// <summary>An error that names none of the operations could be about any of them.</summary>
    private static bool IsUnderstood(JsonElement answer, IReadOnlyList<UsageRecord> records) =>
        HasOnly(answer, InReport)
        && IsListOrAbsent(answer, "reportErrors")
        && StrictJson.Items(answer, "reportErrors").All(error => StrictJson.Text(error, "operationId") is { } id
            && records.Any(record => string.Equals(record.Id.ToString(), id, StringComparison.OrdinalIgnoreCase)));

    /// <summary>What is not documented could say anything.</summary>
    private static bool HasOnly(JsonElement answer, string[] names) => answer.EnumerateObject().All(member => names.Any(member.NameEquals));

    private static bool IsListOrAbsent(JsonElement answer, string name) => StrictJson.Member(answer, name) is null or { ValueKind: JsonValueKind.Array };

    /// <summary>A name that Google gives; null where it gives none, or something that is no name.</summary>
    private static string? Name(JsonElement? parent, string member) => StrictJson.Text(parent, member) is { Length: > 0 and <= 100 } name ? name : null;

    private static MeteringReceipt OfCall(int status, JsonDocument? json, Func<string, string> redact, bool isReport)
    {
        JsonElement? error = StrictJson.Member(json?.RootElement, "error");
        return GoogleErrors.OfCall(
            status, Name(error, "status"), StrictJson.Shorten(redact(StrictJson.Text(error, "message") ?? "")), isReport);
    }
}
