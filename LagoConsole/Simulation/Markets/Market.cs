using LagoConsole.Core.Buyers;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.Products;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Simulation.Scripts;

namespace LagoConsole.Simulation.Markets;

/// <summary>
/// A marketplace of a world: what is listed and sold there, at which prices, what else is written there, and what it bills. It
/// speaks to its sandbox directly, and knows nothing of the engines.
/// </summary>
internal abstract class Market
{
    /// <summary>By it the records of something else are told from the console's.</summary>
    private const int ForeignQuantity = 1_777_777_777;

    private readonly HashSet<(string Purchase, string Dimension, DateTimeOffset SlotHour)> _foreign = [];

    /// <summary>Where an engine's calls arrive.</summary>
    public abstract SandboxService Service { get; }

    /// <summary>What it bills of the console's records; what something else wrote is left out.</summary>
    public IEnumerable<BilledLine> Bill => Lines.Where(line => line.Quantity != ForeignQuantity || !_foreign.Contains((line.Purchase, line.Dimension, line.SlotHour)));

    /// <summary>What a caller did that no caller may ever do, a sentence each.</summary>
    public virtual IEnumerable<string> Mistakes => [];

    /// <summary>All that it bills, oldest first.</summary>
    protected abstract IEnumerable<BilledLine> Lines { get; }

    /// <summary>What it calls the world's product of this number.</summary>
    public abstract string CodeOf(int product);

    /// <summary>The key of the buyer's next purchase: what usage of it is told against.</summary>
    public abstract string NextKey(BuyerRole buyer);

    public abstract void List(ProductRole product);

    /// <summary>The purchase runs from its start on.</summary>
    public abstract void Sell(PurchaseRole purchase);

    /// <param name="endsAt">May lie in the future.</param>
    public abstract void End(PurchaseRole purchase, DateTimeOffset endsAt);

    /// <summary>A later price of a unit.</summary>
    /// <param name="offer">The one purchase that it holds for; null for the listing's price.</param>
    public abstract void SetPrice(ProductRole product, string dimension, PurchaseRole? offer, decimal unitPriceMinor, DateTimeOffset from);

    /// <summary>Of a unit, in minor units.</summary>
    public abstract decimal UnitPriceMinor(PurchaseRole purchase, string dimension, DateTimeOffset at);

    /// <summary>What the console's form asks of a product that is listed here.</summary>
    public abstract void FillIn(NewProduct form, ProductRole product);

    /// <summary>What the console's form asks of a purchase that was made here.</summary>
    public abstract void FillIn(NewEntitlement form, PurchaseRole purchase);

    /// <summary>Something that is not this console writes usage of a purchase in the hour that is running.</summary>
    /// <returns>The hour, if the marketplace took it.</returns>
    public DateTimeOffset? WriteForeign(PurchaseRole purchase, string dimension, DateTimeOffset now)
    {
        DateTimeOffset hour = ReportingWindow.FloorToHour(now);
        DateTimeOffset timestamp = purchase.StartsAt > hour ? purchase.StartsAt : hour; // nothing is taken from before the purchase
        if (!Takes(purchase, dimension, timestamp, ForeignQuantity))
        {
            return null;
        }

        _foreign.Add((purchase.Key, dimension, hour));
        return hour;
    }

    /// <summary>Whether something else had written in this hour.</summary>
    public bool IsForeign(PurchaseRole purchase, string dimension, DateTimeOffset slotHour) => _foreign.Contains((purchase.Key, dimension, slotHour));

    /// <summary>Reports usage as somebody else would, past the console.</summary>
    protected abstract bool Takes(PurchaseRole purchase, string dimension, DateTimeOffset timestamp, int quantity);
}
