using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LagoConsole.Core.Reporting.Aws;

/// <summary>An answer as it came off the wire.</summary>
/// <param name="ErrorType">Header <c>x-amzn-ErrorType</c>.</param>
/// <param name="ClockDifference">This machine's clock minus the answer's date.</param>
internal sealed record AwsResponse(int Status, string? ErrorType, byte[] Body, TimeSpan? ClockDifference);

/// <summary>
/// Reads what AWS said of each record. Pure. An answer is believed only where it is understood completely: what is
/// missing, doubled or strange leaves its record unknown, never billed and never refused.
/// </summary>
internal static class AwsAnswerReader
{
    /// <param name="redact">Takes secrets out of a text that will be kept.</param>
    /// <returns>For each record, in the order given, its receipt and the part of the answer that it rests on.</returns>
    public static IReadOnlyList<(MeteringReceipt Receipt, string Kept)> Read(
        IReadOnlyList<UsageRecord> records, AwsResponse response, Func<string, string> redact)
    {
        using JsonDocument? json = StrictJson.Parse(response.Body);
        return response.Status == 200
            ? ReadSuccess(records, json, response, redact)
            : ReadError(records, json, response, redact);
    }

    private static List<(MeteringReceipt, string)> ReadError(
        IReadOnlyList<UsageRecord> records, JsonDocument? json, AwsResponse response, Func<string, string> redact)
    {
        string? name = AwsErrors.Name(StrictJson.Text(json?.RootElement, "__type") ?? StrictJson.Text(json?.RootElement, "code") ?? response.ErrorType);
        string message = Shorten(redact(StrictJson.Text(json?.RootElement, "message") ?? StrictJson.Text(json?.RootElement, "Message") ?? ""));
        MeteringReceipt receipt = AwsErrors.Receipt(response.Status, name, message, response.ClockDifference);

        // JSON is kept as read, not as sent: escapes could hide a secret from the redaction.
        string kept = json is null
            ? Raw(response, redact)
            : StrictJson.Cut($"HTTP {response.Status} {name}: {message}");
        return [.. records.Select(_ => (receipt, kept))];
    }

    private static List<(MeteringReceipt, string)> ReadSuccess(
        IReadOnlyList<UsageRecord> records, JsonDocument? json, AwsResponse response, Func<string, string> redact)
    {
        List<Statement> statements = json is null ? [] : [.. Statements(json.RootElement)];
        return [.. records.Select(record =>
        {
            Sent sent = Sent.Of(record);
            List<Statement> about = [.. statements.Where(statement => sent.IsIn(statement.Echo))];
            return about switch
            {
                [] => (Doubtful("AWS's answer does not mention the record"), Raw(response, redact)),
                [Statement one] => (Receipt(one, record.Quantity), StrictJson.Cut(redact(one.Whole.GetRawText()))),
                _ => (Doubtful($"AWS's answer mentions the record {about.Count} times"), Raw(response, redact)),
            };
        })];
    }

    private static MeteringReceipt Receipt(Statement statement, long quantity)
    {
        if (statement.Unprocessed)
        {
            return new MeteringReceipt.NotProcessed("AWS did not get to this record. It was not billed; the same record goes again by itself.");
        }

        string? id = StrictJson.Text(statement.Whole, "MeteringRecordId") is { Length: > 0 and <= 200 } text ? text : null;
        switch (StrictJson.Text(statement.Whole, "Status"))
        {
            case "Success" when StrictJson.Number(statement.Echo, "Quantity") is { } stored && stored != quantity:
                return new MeteringReceipt.Conflict(
                    stored,
                    string.Create(CultureInfo.InvariantCulture, $"AWS says that it took {stored} units for this hour, but {quantity} were sent. Compare with CloudTrail before deciding."));
            case "Success" when id is not null:
                return new MeteringReceipt.Accepted(id);
            case "DuplicateRecord":
                return new MeteringReceipt.AlreadyAccepted(id, StoredQuantity: null); // the echo is our own quantity
            case "CustomerNotSubscribed":
                return new MeteringReceipt.Rejected(
                    RejectionCause.NotSubscribed, "CustomerNotSubscribed",
                    "AWS says that the buyer has no active agreement for this product. Nothing was billed. Check the entitlement's account and licence, and whether the agreement has ended.");
            default:
                return Doubtful("AWS's answer for the record is not one that it documents");
        }
    }

    private static MeteringReceipt.Unknown Doubtful(string what) =>
        new($"{what}: whether it was billed is not known. The same record is sent again until AWS says.");

    private static IEnumerable<Statement> Statements(JsonElement answer)
    {
        foreach (JsonElement result in StrictJson.Items(answer, "Results"))
        {
            if (result.ValueKind == JsonValueKind.Object && result.TryGetProperty("UsageRecord", out JsonElement echo))
            {
                yield return new Statement(result, echo, Unprocessed: false);
            }
        }

        foreach (JsonElement record in StrictJson.Items(answer, "UnprocessedRecords"))
        {
            yield return new Statement(record, record, Unprocessed: true);
        }
    }

    private static string Raw(AwsResponse response, Func<string, string> redact) =>
        StrictJson.Cut($"HTTP {response.Status}: {redact(Encoding.UTF8.GetString(response.Body))}");

    /// <summary>A refused signature is explained with the whole request that AWS had expected: the first sentence suffices.</summary>
    private static string Shorten(string message)
    {
        int explanation = message.IndexOf("The Canonical String", StringComparison.Ordinal);
        return StrictJson.Shorten(explanation < 0 ? message : message[..explanation]);
    }

    /// <summary>One thing that the answer says of one record.</summary>
    private sealed record Statement(JsonElement Whole, JsonElement Echo, bool Unprocessed);

    /// <summary>
    /// By what an answer's record is recognised: never by its place, because AWS promises no order. The fields are those
    /// of the stored payload, which is what AWS was told.
    /// </summary>
    private sealed record Sent(string? Account, string? Licence, string? Dimension, decimal? Timestamp)
    {
        public static Sent Of(UsageRecord record)
        {
            using JsonDocument payload = JsonDocument.Parse(record.Payload);
            return Of(payload.RootElement);
        }

        /// <summary>A legacy record names no licence; that AWS might add one does not make it another record.</summary>
        public bool IsIn(JsonElement echo) => Of(echo) is var said && this == (Licence is null ? said with { Licence = null } : said);

        private static Sent Of(JsonElement record) => new(
            StrictJson.Text(record, "CustomerAWSAccountId"), StrictJson.Text(record, "LicenseArn"), StrictJson.Text(record, "Dimension"), StrictJson.Number(record, "Timestamp"));
    }
}
