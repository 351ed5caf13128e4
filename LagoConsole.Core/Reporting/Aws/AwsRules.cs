using System.Text;
using System.Text.Json;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;

namespace LagoConsole.Core.Reporting.Aws;

/// <summary>AWS Marketplace metering: slots, deadlines and the record's wire form. Source of the rules: the service model of <c>meteringmarketplace</c> 2016-01-14.</summary>
public sealed class AwsRules : MarketplaceRules
{
    /// <summary>A record is taken up to this long after its slot hour.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);

    /// <summary>Records of the month before are taken until this hour of the first day, UTC.</summary>
    private static readonly TimeSpan MonthEndGrace = TimeSpan.FromHours(6);

    public static AwsRules Instance { get; } = new();

    public override bool HasSlots => true;

    public override long MaxQuantity => int.MaxValue;

    /// <summary>The hour that AWS leaves after a licence was deprovisioned.</summary>
    public override TimeSpan AfterEnd => TimeSpan.FromHours(1);

    public override DateTimeOffset Deadline(DateTimeOffset slotHour)
    {
        DateTimeOffset month = new(slotHour.Year, slotHour.Month, 1, 0, 0, 0, TimeSpan.Zero);
        DateTimeOffset byMonth = month.AddMonths(1) + MonthEndGrace;
        DateTimeOffset byAge = slotHour + Window;
        return byAge < byMonth ? byAge : byMonth; // the earlier: whether the month-end grace also lengthens the window is not documented
    }

    /// <summary><c>aws|region|licence</c>, or <c>aws|region|product|code</c> for legacy agreements: the two kinds are never mixed in a call.</summary>
    public override string BatchKey(Product product, Entitlement entitlement)
    {
        AwsBatch batch = new(
            Region: product.AwsRegion ?? throw new InvalidOperationException($"Product {product.Id} has no AWS region."),
            ProductId: product.Id,
            LegacyProductCode: entitlement.AwsLicenseArn is null ? product.AwsProductCode : null);
        return batch.ToString();
    }

    public override string Payload(RecordFacts facts)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("Timestamp", facts.Timestamp.ToUnixTimeSeconds());
            json.WriteString("Dimension", facts.DimensionKey);
            json.WriteNumber("Quantity", facts.Quantity);
            json.WriteString("CustomerAWSAccountId", facts.Entitlement.AwsAccountId);
            if (facts.Entitlement.AwsLicenseArn is not null)
            {
                json.WriteString("LicenseArn", facts.Entitlement.AwsLicenseArn);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
