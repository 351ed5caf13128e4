using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting.Aws;

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

    /// <summary>How long after a purchase's end the marketplace still takes usage from before it.</summary>
    public abstract TimeSpan AfterEnd { get; }

    /// <summary>Which records may share a call.</summary>
    public abstract string BatchKey(Product product, Entitlement entitlement);

    /// <summary>The record as the marketplace is told it; the same input gives the same bytes for ever.</summary>
    public abstract string Payload(Product product, Entitlement entitlement, string dimensionKey, DateTimeOffset timestamp, long quantity);

    /// <exception cref="NotSupportedException">The console does not report to this marketplace yet, and no entitlement of it can exist.</exception>
    public static MarketplaceRules For(Marketplace marketplace) => marketplace switch
    {
        Marketplace.Aws => AwsRules.Instance,
        _ => throw new NotSupportedException($"{marketplace.Label()} is not reported to by this version."),
    };
}
