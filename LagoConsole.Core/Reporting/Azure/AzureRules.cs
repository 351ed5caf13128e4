using System.Globalization;
using System.Text;
using System.Text.Json;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;

namespace LagoConsole.Core.Reporting.Azure;

/// <summary>
/// Microsoft commercial marketplace metering: one event per resource, dimension and hour. Source of the rules: the metering
/// service's OpenAPI description (2018-08-31) and its frequently asked questions.
/// </summary>
public sealed class AzureRules : MarketplaceRules
{
    /// <summary>An event is taken up to this long after its effective start.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);

    public static AzureRules Instance { get; } = new();

    public override bool HasSlots => true;

    /// <summary>Azure takes any number above zero; the console keeps one bound for all marketplaces.</summary>
    public override long MaxQuantity => int.MaxValue;

    /// <summary>Usage from before a cancellation is taken as long as any other.</summary>
    public override TimeSpan AfterEnd => Window;

    public override DateTimeOffset Deadline(DateTimeOffset slotHour) => slotHour + Window;

    /// <summary><c>azure|product</c>: an offer's events travel with the token of its publisher.</summary>
    public override string BatchKey(Product product, Entitlement entitlement) => $"azure|{product.Id:N}";

    public override string Payload(RecordFacts facts)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("resourceId", facts.Entitlement.AzureResourceId);
            json.WriteNumber("quantity", facts.Quantity);
            json.WriteString("dimension", facts.DimensionKey);
            json.WriteString("effectiveStartTime", facts.Timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            json.WriteString("planId", facts.Entitlement.AzurePlanOf(facts.Product));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
