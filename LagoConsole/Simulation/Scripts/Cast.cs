using LagoConsole.Sandbox.Lago;
using LagoConsole.Simulation.Markets;

namespace LagoConsole.Simulation.Scripts;

/// <summary>An external id under which a buyer has subscriptions in Lago, one after another.</summary>
internal sealed class SubscriptionRole(BuyerRole buyer, string externalId, LagoPlan plan)
{
    public BuyerRole Buyer { get; } = buyer;

    public string ExternalId { get; } = externalId;

    public LagoPlan Plan { get; set; } = plan;

    public bool IsActive { get; set; } = true;

    /// <summary>Keys of a unique count that are in: only those can leave.</summary>
    public List<string> Seats { get; } = [];
}

/// <summary>A purchase at the marketplace, and its entitlement in the console.</summary>
/// <param name="key">What the marketplace knows it by, and usage of it is told against.</param>
internal sealed class PurchaseRole(BuyerRole buyer, string key, DateTimeOffset startsAt)
{
    public BuyerRole Buyer { get; } = buyer;

    public string Key { get; } = key;

    /// <summary>For the world's story.</summary>
    public string Name => Key[^4..];

    public Market Market => Buyer.Product.Market;

    public DateTimeOffset StartsAt { get; } = startsAt;

    /// <summary>In the console; null while it is not entered.</summary>
    public Guid? EntitlementId { get; set; }

    /// <summary>The person has suspended it.</summary>
    public bool IsSuspended { get; set; }

    /// <summary>The person has entered when it ends: nobody suspends or resumes it any more.</summary>
    public bool IsEndEntered { get; set; }

    /// <summary>The marketplace has ended it.</summary>
    public DateTimeOffset? EndsAt { get; set; }

    /// <summary>The console knows of no end.</summary>
    public bool SeemsOpen => EntitlementId is not null && !IsEndEntered;

    public bool TakesMoney => EntitlementId is not null && !IsSuspended && EndsAt is null;
}

/// <summary>A buyer of the world: a customer in Lago, a customer of the product's marketplace, a buyer in the console.</summary>
internal sealed class BuyerRole
{
    public required int Number { get; init; }

    /// <summary>Lago's external id.</summary>
    public required string Customer { get; init; }

    public required ProductRole Product { get; init; }

    public string Name => $"Buyer {Number}";

    public List<PurchaseRole> Purchases { get; } = [];

    public List<SubscriptionRole> Subscriptions { get; } = [];

    /// <summary>In the console.</summary>
    public Guid Id { get; set; }

    public bool IsLinked { get; set; }

    /// <summary>Its Lago Customer ID was taken off once: what closings find for that time waits (R7).</summary>
    public bool WasUnlinked { get; set; }

    /// <summary>From when to when it was linked; an open end is null. What a deleted integration had linked, nobody knows any more.</summary>
    public List<(DateTimeOffset From, DateTimeOffset? Until, bool IsDeleted)> Links { get; } = [];

    /// <summary>Buys at the marketplace.</summary>
    public PurchaseRole Purchase(DateTimeOffset startsAt)
    {
        PurchaseRole purchase = new(this, Product.Market.NextKey(this), startsAt);
        Product.Market.Sell(purchase);
        Purchases.Add(purchase);
        return purchase;
    }

    public void Unlink(DateTimeOffset now)
    {
        if (IsLinked)
        {
            IsLinked = false;
            WasUnlinked = true;
            Links[^1] = Links[^1] with { Until = now };
        }
    }

    /// <summary>The integration is deleted, and the Lago Customer ID with it.</summary>
    public void Forget(DateTimeOffset now)
    {
        Unlink(now);
        for (int i = 0; i < Links.Count; i++)
        {
            Links[i] = Links[i] with { IsDeleted = true };
        }
    }
}

/// <summary>A listing of the world, at one of its marketplaces.</summary>
/// <param name="Code">At its marketplace.</param>
/// <param name="Dimensions">Keys, and the first price of a unit in minor units.</param>
internal sealed record ProductRole(Market Market, string Code, string Name, IReadOnlyList<(string Key, decimal UnitPriceMinor)> Dimensions)
{
    /// <summary>Metric code to dimension key, as it is in the console now.</summary>
    public Dictionary<string, string> Conversions { get; } = new(StringComparer.Ordinal);

    /// <summary>In the console.</summary>
    public Guid Id { get; set; }

    public Dictionary<string, Guid> DimensionIds { get; } = new(StringComparer.Ordinal);
}
