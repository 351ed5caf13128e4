using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting.Aws;
using LagoConsole.Core.Reporting.Azure;
using LagoConsole.Core.Reporting.Google;

namespace LagoConsole.Core.Reporting;

/// <summary>
/// What the ledger must know of a marketplace to make and settle records, as pure functions. One instance per
/// marketplace; <see cref="For"/> chooses it.
/// </summary>
public abstract class MarketplaceRules
{
    /// <summary>One record per identity, dimension and clock hour (AWS, Azure); Google adds up and has no slot.</summary>
    public abstract bool HasSlots { get; }

    /// <summary>More waits for the next hour.</summary>
    public abstract long MaxQuantity { get; }

    /// <summary>The last moment at which a record of this slot is taken, before any margin.</summary>
    public abstract DateTimeOffset Deadline(DateTimeOffset slotHour);

    /// <summary>How long after an hour the marketplace asks to be told, where it takes later usage too; null where the deadline is all it asks.</summary>
    public virtual TimeSpan? AskedWithin => null;

    /// <summary>Until when the marketplace asks to be told of the hour; null where the deadline is all it asks.</summary>
    public DateTimeOffset? AskedBy(DateTimeOffset slotHour) => slotHour.AddHours(1) + AskedWithin;

    /// <summary>How long after a purchase's end the marketplace still takes usage from before it.</summary>
    public abstract TimeSpan AfterEnd { get; }

    /// <summary>Which records may share a call.</summary>
    public abstract string BatchKey(Product product, Entitlement entitlement);

    /// <summary>The record as the marketplace is told it; the same input gives the same bytes for ever.</summary>
    public abstract string Payload(RecordFacts facts);

    /// <summary>The instant whose price holds for a record of this slot (R9).</summary>
    /// <param name="endsAt">The purchase's end, exclusive; null while none is known.</param>
    public virtual DateTimeOffset PricedAt(DateTimeOffset slotHour, DateTimeOffset? endsAt) => slotHour;

    /// <summary>
    /// A record that was refused is not sent again but made anew, with times of then: the marketplace wants withheld usage stamped
    /// with the time of reporting (Google).
    /// </summary>
    public virtual bool RefusedIsMadeAnew => false;

    public static MarketplaceRules For(Marketplace marketplace) => marketplace switch
    {
        Marketplace.Aws => AwsRules.Instance,
        Marketplace.Azure => AzureRules.Instance,
        Marketplace.Gcp => GoogleRules.Instance,
        _ => throw new ArgumentOutOfRangeException(nameof(marketplace), marketplace, "Not a marketplace."),
    };
}
