using System.Diagnostics;

namespace LagoConsole.Sandbox.Aws;

/// <summary>What became of one record of a call.</summary>
/// <param name="Record">The caller's record.</param>
/// <param name="Status"><c>Success</c>, <c>DuplicateRecord</c> or <c>CustomerNotSubscribed</c>; null if it was left unprocessed.</param>
/// <param name="MeteringRecordId">Of the record that holds the hour; null without one.</param>
public sealed record AwsVerdict(AwsUsageRecord Record, string? Status, Guid? MeteringRecordId);

/// <summary>A call decided: the verdicts, and what is to be written down before they are told.</summary>
/// <param name="Verdicts">In the caller's order.</param>
/// <param name="Accepted">Newly taken records; may be none.</param>
public sealed record AwsDecision(IReadOnlyList<AwsVerdict> Verdicts, IReadOnlyList<AwsBilledRecord> Accepted);

/// <summary>AWS Marketplace as a fold over <see cref="AwsEntry"/>: listings, purchases, and who holds which hour. Not thread safe.</summary>
public sealed class AwsState
{
    private readonly Dictionary<string, AwsProduct> _products = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AwsAgreement> _agreements = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AwsRegistrationToken> _tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<AwsSlot, AwsBilledRecord> _slots = [];
    private readonly List<AwsBilledRecord> _bill = [];
    private readonly List<AwsPrice> _prices = [];

    /// <summary>Listings by code.</summary>
    public IReadOnlyDictionary<string, AwsProduct> Products => _products;

    /// <summary>Purchases by licence.</summary>
    public IReadOnlyDictionary<string, AwsAgreement> Agreements => _agreements;

    /// <summary>Registration tokens.</summary>
    public IReadOnlyDictionary<string, AwsRegistrationToken> Tokens => _tokens;

    /// <summary>Every record that was taken, oldest first: what the buyers pay.</summary>
    public IReadOnlyList<AwsBilledRecord> Bill => _bill;

    /// <summary>What a unit costs under that purchase in the hour that begins then or lately, US cents.</summary>
    public decimal UnitPriceCents(string licenseArn, string dimension, DateTimeOffset hour) => PriceOf(_agreements[licenseArn], dimension, hour);

    /// <summary>Applies an entry.</summary>
    public void Apply(AwsEntry entry)
    {
        switch (entry)
        {
            case AwsProductSaved saved:
                _products[saved.Product.ProductCode] = saved.Product;
                break;
            case AwsAgreementSaved saved:
                _agreements[saved.Agreement.LicenseArn] = saved.Agreement;
                break;
            case AwsPriceSet set:
                _prices.Add(set.Price);
                break;
            case AwsTokenIssued issued:
                _tokens[issued.Token.Token] = issued.Token;
                break;
            case AwsRecordsAccepted accepted:
                foreach (AwsBilledRecord record in accepted.Records)
                {
                    _slots.Add(AwsSlot.Of(record), record);
                    _bill.Add(record);
                }

                break;
            default:
                throw new UnreachableException($"No rule for {entry.GetType().Name}.");
        }
    }

    /// <summary>Decides a BatchMeterUsage call without changing anything.</summary>
    /// <param name="region">Where it was sent: hours are kept per region.</param>
    /// <param name="productCode">Given for the legacy identity only.</param>
    /// <param name="records">The records, in shape.</param>
    /// <param name="leftUnprocessed">How many, from the end, are given back unprocessed (a fault).</param>
    /// <param name="identicalIsDuplicate">
    /// How an identical repeat is answered. Sources disagree, so callers must live with both: true = DuplicateRecord.
    /// </param>
    /// <param name="now">The time.</param>
    /// <exception cref="AwsRefusedException">One bad record fails the whole call.</exception>
    public AwsDecision Decide(
        string region, string? productCode, IReadOnlyList<AwsUsageRecord> records, int leftUnprocessed, bool identicalIsDuplicate, DateTimeOffset now)
    {
        AwsAgreement[] agreements = [.. AwsIdentity.Resolve(this, productCode, records)];
        for (int i = 0; i < records.Count; i++)
        {
            CheckRecord(records[i], agreements[i], now);
        }

        int processed = Math.Max(records.Count - leftUnprocessed, 0);
        List<AwsVerdict> verdicts = [];
        Dictionary<AwsSlot, AwsBilledRecord> taken = [];
        for (int i = 0; i < records.Count; i++)
        {
            verdicts.Add(i < processed
                ? Judge(region, records[i], agreements[i], taken, identicalIsDuplicate, now)
                : new AwsVerdict(records[i], Status: null, MeteringRecordId: null));
        }

        return new AwsDecision(verdicts, [.. taken.Values]);
    }

    private void CheckRecord(AwsUsageRecord record, AwsAgreement agreement, DateTimeOffset now)
    {
        if (_products[agreement.ProductCode].Dimensions.All(dimension => dimension.Key != record.Dimension))
        {
            throw new AwsRefusedException("InvalidUsageDimensionException", $"The product has no dimension {record.Dimension}.");
        }

        if (!AwsWindow.Takes(record.Timestamp, now) || record.Timestamp < agreement.StartsAt)
        {
            throw new AwsRefusedException("TimestampOutOfBoundsException", $"The timestamp {record.Timestamp:yyyy-MM-ddTHH:mm:ssZ} is out of bounds.");
        }
    }

    private AwsVerdict Judge(
        string region,
        AwsUsageRecord record,
        AwsAgreement agreement,
        Dictionary<AwsSlot, AwsBilledRecord> taken,
        bool identicalIsDuplicate,
        DateTimeOffset now)
    {
        if (agreement.EndsAt is { } end && (now >= end + AwsWindow.Flush || record.Timestamp > end))
        {
            return new AwsVerdict(record, "CustomerNotSubscribed", MeteringRecordId: null);
        }

        AwsSlot slot = new(region, agreement.LicenseArn, record.Dimension, AwsWindow.HourOf(record.Timestamp));
        if ((_slots.GetValueOrDefault(slot) ?? taken.GetValueOrDefault(slot)) is { } first)
        {
            bool identical = first.Quantity == record.Quantity && first.Timestamp == record.Timestamp;
            return new AwsVerdict(record, identical && !identicalIsDuplicate ? "Success" : "DuplicateRecord", first.MeteringRecordId);
        }

        AwsBilledRecord billed = new(
            StableHash.Id(slot.Hour.UtcTicks, slot.Region, slot.LicenseArn, slot.Dimension),
            region,
            agreement.LicenseArn,
            agreement.ProductCode,
            agreement.CustomerAwsAccountId,
            record.Dimension,
            record.Timestamp,
            record.Quantity,
            PriceOf(agreement, record.Dimension, slot.Hour),
            now);
        taken.Add(slot, billed);
        return new AwsVerdict(record, "Success", billed.MeteringRecordId);
    }

    /// <summary>The purchase's own price before the listing's, of each the one that began last; the listing's first price where none has begun.</summary>
    private decimal PriceOf(AwsAgreement agreement, string dimension, DateTimeOffset hour) => _prices
        .Where(price => price.ProductCode == agreement.ProductCode && price.Dimension == dimension && price.From <= hour
            && (price.LicenseArn is null || price.LicenseArn == agreement.LicenseArn))
        .OrderByDescending(price => price.LicenseArn is not null).ThenByDescending(price => price.From)
        .FirstOrDefault()?.UnitPriceCents
        ?? _products[agreement.ProductCode].Dimensions.First(listed => listed.Key == dimension).UnitPriceCents;

    private readonly record struct AwsSlot(string Region, string LicenseArn, string Dimension, DateTimeOffset Hour)
    {
        public static AwsSlot Of(AwsBilledRecord record) => new(record.Region, record.LicenseArn, record.Dimension, record.Hour);
    }
}
