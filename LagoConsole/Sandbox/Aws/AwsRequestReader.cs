using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LagoConsole.Sandbox.Aws;

/// <summary>Reads and checks the shape of requests, as AWS does before it looks at the marketplace. Official clients check nothing.</summary>
internal static partial class AwsRequestReader
{
    private const int MostRecords = 25;
    private const int TooManyBytes = 1024 * 1024;

    /// <summary>The body as a JSON object.</summary>
    /// <exception cref="AwsRefusedException">Too large, or not JSON.</exception>
    public static JsonObject Body(ReadOnlyMemory<byte> body)
    {
        if (body.Length >= TooManyBytes)
        {
            throw new AwsRefusedException("ValidationException", "The request must be smaller than 1 MB.");
        }

        try
        {
            return JsonNode.Parse(body.Span) as JsonObject ?? throw Serialization("The body must be a JSON object.");
        }
        catch (JsonException)
        {
            throw Serialization("The body is not JSON.");
        }
    }

    /// <summary>The records of a BatchMeterUsage call.</summary>
    /// <exception cref="AwsRefusedException">One of them is out of shape.</exception>
    public static IReadOnlyList<AwsUsageRecord> Records(JsonObject body)
    {
        if (body["UsageRecords"] is not JsonArray records)
        {
            throw Invalid("usageRecords", "must not be null");
        }

        if (records.Count > MostRecords)
        {
            throw Invalid("usageRecords", $"must have length less than or equal to {MostRecords}");
        }

        return [.. records.Select(record => Record(record as JsonObject ?? throw Serialization("A usage record must be an object.")))];
    }

    /// <summary>Text within its length, or null if absent.</summary>
    /// <exception cref="AwsRefusedException">Not text, or too short or long.</exception>
    public static string? Text(JsonObject from, string name, int shortest, int longest)
    {
        if (from[name] is not { } node)
        {
            return null;
        }

        if (node.GetValueKind() != JsonValueKind.String)
        {
            throw Serialization($"{name} must be a string.");
        }

        string text = node.GetValue<string>();
        return text.Length >= shortest && text.Length <= longest
            ? text
            : throw Invalid(name, $"must have a length of {shortest} to {longest}");
    }

    private static AwsUsageRecord Record(JsonObject record)
    {
        AwsUsageRecord read = new(
            Timestamp(record),
            Text(record, "Dimension", 1, 255) ?? throw Invalid("dimension", "must not be null"),
            Integer(record, "Quantity") ?? 0,
            Text(record, "CustomerAWSAccountId", 1, 255),
            Text(record, "LicenseArn", 1, 2048),
            Text(record, "CustomerIdentifier", 0, 255),
            (JsonObject)record.DeepClone());
        if (read.CustomerAwsAccountId is { } account && !Digits().IsMatch(account))
        {
            throw Invalid("customerAWSAccountId", "must satisfy regular expression pattern: [0-9]+");
        }

        if (read.LicenseArn is { } arn && !Arn().IsMatch(arn))
        {
            throw Invalid("licenseArn", "must satisfy the pattern of a licence's ARN");
        }

        CheckAllocations(record, read.Quantity);
        return read;
    }

    private static DateTimeOffset Timestamp(JsonObject record)
    {
        if (record["Timestamp"] is not { } node)
        {
            throw Invalid("timestamp", "must not be null");
        }

        // JSON 1.1 writes a time as epoch seconds, a number; text in any form is refused.
        return node.GetValueKind() == JsonValueKind.Number
            && decimal.TryParse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal seconds)
            && seconds is >= 0 and < 253_402_300_800
            ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond))
            : throw Serialization("Timestamp must be a number of epoch seconds.");
    }

    private static int? Integer(JsonObject from, string name)
    {
        if (from[name] is not { } node)
        {
            return null;
        }

        if (node.GetValueKind() != JsonValueKind.Number
            || !long.TryParse(node.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            throw Serialization($"{name} must be an integer.");
        }

        return number is >= 0 and <= int.MaxValue
            ? (int)number
            : throw Invalid(name, "must be between 0 and 2147483647");
    }

    private static void CheckAllocations(JsonObject record, int quantity)
    {
        if (record["UsageAllocations"] is not { } node)
        {
            return;
        }

        if (node is not JsonArray { Count: >= 1 and <= 2500 } allocations)
        {
            throw Invalid("usageAllocations", "must have 1 to 2500 members");
        }

        long sum = 0;
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (JsonNode? allocation in allocations)
        {
            JsonObject part = allocation as JsonObject ?? throw Serialization("An allocation must be an object.");
            sum += Integer(part, "AllocatedUsageQuantity") ?? throw Invalid("allocatedUsageQuantity", "must not be null");
            if (!seen.Add(Tags(part)))
            {
                throw new AwsRefusedException("InvalidUsageAllocationsException", "Two allocations have the same tags.");
            }
        }

        if (sum != quantity)
        {
            throw new AwsRefusedException("InvalidUsageAllocationsException", $"The allocations add up to {sum}, the record's quantity is {quantity}.");
        }
    }

    private static string Tags(JsonObject allocation)
    {
        if (allocation["Tags"] is not { } node)
        {
            return "";
        }

        if (node is not JsonArray { Count: >= 1 and <= 5 } tags)
        {
            throw new AwsRefusedException("InvalidTagException", "An allocation has 1 to 5 tags.");
        }

        return string.Join('\n', tags.OfType<JsonObject>()
            .Select(tag => $"{Text(tag, "Key", 1, 100)}\t{Text(tag, "Value", 1, 256)}")
            .Order(StringComparer.Ordinal));
    }

    private static AwsRefusedException Invalid(string member, string constraint) =>
        new("ValidationException", $"1 validation error detected: Value at '{member}' failed to satisfy constraint: Member {constraint}");

    private static AwsRefusedException Serialization(string message) => new("SerializationException", message);

    [GeneratedRegex("^[0-9]+$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Digits();

    [GeneratedRegex(
        @"^arn:aws[a-zA-Z-]*:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.-]{0,1023}$",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Arn();
}
