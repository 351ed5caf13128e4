using System.Globalization;
using System.Text;
using System.Text.Json;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;

namespace LagoConsole.Core.Reporting.Google;

/// <summary>
/// Google Cloud Marketplace through Service Control: operations are added up and counted once by their id, so that a resend never
/// bills twice and an hour may hold several. Source of the rules: the discovery document and protos of Service Control v1, and the
/// marketplace's guidance on usage reporting.
/// </summary>
public sealed class GoogleRules : MarketplaceRules
{
    /// <summary>Google sets no limit of age; usage that was withheld so long is not taken any more.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromDays(30);

    public static GoogleRules Instance { get; } = new();

    public override bool HasSlots => false;

    /// <summary>Google takes 64-bit integers; the console keeps one bound for all marketplaces.</summary>
    public override long MaxQuantity => int.MaxValue;

    /// <summary>The hour that Google leaves after a cancellation.</summary>
    public override TimeSpan AfterEnd => TimeSpan.FromHours(1);

    public override DateTimeOffset Deadline(DateTimeOffset slotHour) => slotHour + Window;

    /// <summary>At a month's end, which Google counts in Pacific time, later usage comes on the next invoice.</summary>
    public override TimeSpan? AskedWithin => TimeSpan.FromHours(1);

    public override bool RefusedIsMadeAnew => true;

    /// <summary>The last moment of the interval (R9).</summary>
    public override DateTimeOffset PricedAt(DateTimeOffset slotHour, DateTimeOffset? endsAt) => IntervalEnd(slotHour, endsAt).AddTicks(-1);

    /// <summary><c>gcp|product|service</c>: a call names one service, and travels with the token of its product's account.</summary>
    public override string BatchKey(Product product, Entitlement entitlement) => $"gcp|{product.Id:N}|{product.GcpServiceName}";

    /// <summary>The service that a batch is reported to.</summary>
    /// <exception cref="FormatException">The text is not one that <see cref="BatchKey"/> made.</exception>
    internal static string ServiceOf(string batchKey) =>
        batchKey.Split('|') is ["gcp", _, var service] ? service : throw new FormatException($"'{batchKey}' is not the key of a Google batch.");

    /// <summary>The operation. Its interval begins where the one before ended, if that was reported, and not before the purchase.</summary>
    public override string Payload(RecordFacts facts)
    {
        string service = facts.Product.GcpServiceName ?? throw new InvalidOperationException($"Product {facts.Product.Id} has no Google service.");
        DateTimeOffset end = IntervalEnd(facts.SlotHour, facts.Entitlement.EndsAt);
        DateTimeOffset start = facts.PreviousSlotHour is { } previous && previous < facts.SlotHour ? previous.AddHours(1) : facts.Timestamp;
        start = start > facts.Entitlement.StartsAt ? start : facts.Entitlement.StartsAt; // of restored books, hours count as used that no record had
        start = start < end ? start : end.AddSeconds(-1);
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("operationId", facts.RecordId);
            json.WriteString("operationName", $"{service}/report");
            json.WriteString("consumerId", facts.Entitlement.GcpUsageReportingId);
            json.WriteString("startTime", Instant(start));
            json.WriteString("endTime", Instant(end));
            json.WriteStartArray("metricValueSets");
            json.WriteStartObject();
            json.WriteString("metricName", $"{service}/{facts.DimensionKey}");
            json.WriteStartArray("metricValues");
            json.WriteStartObject();
            json.WriteString("int64Value", facts.Quantity.ToString(CultureInfo.InvariantCulture));
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>
    /// The slot hour's end, or a second before the purchase's: times of a cancelled purchase lie strictly before its end. A whole
    /// second, as the operation tells it: Google prices by what it is told.
    /// </summary>
    private static DateTimeOffset IntervalEnd(DateTimeOffset slotHour, DateTimeOffset? endsAt)
    {
        DateTimeOffset end = slotHour.AddHours(1);
        return endsAt?.AddSeconds(-1) is { } last && last < end ? last.AddTicks(-(last.UtcTicks % TimeSpan.TicksPerSecond)) : end;
    }

    private static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
