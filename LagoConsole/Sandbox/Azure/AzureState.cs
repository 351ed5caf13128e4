using System.Diagnostics;

namespace LagoConsole.Sandbox.Azure;

/// <summary>What became of one event of a call.</summary>
/// <param name="Event">The caller's event.</param>
/// <param name="Status">Azure's word for it.</param>
/// <param name="Target">The field that is to blame; null where none is.</param>
/// <param name="Billed">The event that holds the hour, this one or an earlier; null without one.</param>
public sealed record AzureVerdict(AzureUsageEvent Event, string Status, string? Target, AzureBilledEvent? Billed);

/// <summary>A call decided: the verdicts, and what is to be written down before they are told.</summary>
/// <param name="Verdicts">In the caller's order.</param>
/// <param name="Accepted">Newly taken events; may be none.</param>
public sealed record AzureDecision(IReadOnlyList<AzureVerdict> Verdicts, IReadOnlyList<AzureBilledEvent> Accepted);

/// <summary>Azure Marketplace as a fold over <see cref="AzureEntry"/>: offers, purchases, and who holds which hour. Not thread safe.</summary>
public sealed class AzureState
{
    private readonly Dictionary<string, AzureOffer> _offers = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, AzureSubscription> _subscriptions = [];
    private readonly Dictionary<AzureSlot, AzureBilledEvent> _slots = [];
    private readonly List<AzureBilledEvent> _bill = [];
    private readonly List<AzurePrice> _prices = [];

    /// <summary>Offers by id.</summary>
    public IReadOnlyDictionary<string, AzureOffer> Offers => _offers;

    /// <summary>Purchases by id.</summary>
    public IReadOnlyDictionary<Guid, AzureSubscription> Subscriptions => _subscriptions;

    /// <summary>Every event that was taken, oldest first: what the buyers pay.</summary>
    public IReadOnlyList<AzureBilledEvent> Bill => _bill;

    /// <summary>What a unit costs under that purchase in the hour that begins then or lately, US cents.</summary>
    public decimal UnitPriceCents(Guid resourceId, string dimension, DateTimeOffset hour) => PriceOf(_subscriptions[resourceId], dimension, hour);

    /// <summary>Applies an entry.</summary>
    public void Apply(AzureEntry entry)
    {
        switch (entry)
        {
            case AzureOfferSaved saved:
                _offers[saved.Offer.OfferId] = saved.Offer;
                break;
            case AzureSubscriptionSaved saved:
                _subscriptions[saved.Subscription.ResourceId] = saved.Subscription;
                break;
            case AzurePriceSet set:
                _prices.Add(set.Price);
                break;
            case AzureEventsAccepted accepted:
                foreach (AzureBilledEvent taken in accepted.Events)
                {
                    _slots.Add(AzureSlot.Of(taken), taken);
                    _bill.Add(taken);
                }

                break;
            default:
                throw new UnreachableException($"No rule for {entry.GetType().Name}.");
        }
    }

    /// <summary>Decides a call without changing anything. Each event is judged by itself.</summary>
    /// <param name="clientId">The app whose token came with the call.</param>
    /// <param name="events">As read.</param>
    /// <param name="leftUnprocessed">How many, from the end, Azure fails on by itself (a fault).</param>
    /// <param name="now">The time.</param>
    public AzureDecision Decide(string clientId, IReadOnlyList<AzureUsageEvent> events, int leftUnprocessed, DateTimeOffset now)
    {
        Dictionary<AzureSlot, AzureBilledEvent> taken = [];
        int processed = Math.Max(events.Count - leftUnprocessed, 0);
        AzureVerdict[] verdicts =
        [
            .. events.Take(processed).Select(sent => Judge(clientId, sent, taken, now)),
            .. events.Skip(processed).Select(sent => new AzureVerdict(sent, "Error", Target: null, Billed: null)),
        ];
        return new AzureDecision(verdicts, [.. taken.Values]);
    }

    private AzureVerdict Judge(string clientId, AzureUsageEvent sent, Dictionary<AzureSlot, AzureBilledEvent> taken, DateTimeOffset now)
    {
        if (sent.Problem is { } field)
        {
            return Refused("BadArgument", field);
        }

        if (!_subscriptions.TryGetValue(sent.ResourceId, out AzureSubscription? subscription))
        {
            return Refused("ResourceNotFound", "resourceId");
        }

        AzureOffer offer = _offers[subscription.OfferId];
        if (offer.ClientId != clientId)
        {
            return Refused("ResourceNotAuthorized", "resourceId");
        }

        if (sent.PlanId != subscription.PlanId)
        {
            return Refused("BadArgument", "planId");
        }

        if (!subscription.Takes(sent.EffectiveStartTime))
        {
            return Refused("ResourceNotActive", "resourceId");
        }

        if (PlanOf(subscription).Dimensions.All(dimension => dimension.Key != sent.Dimension))
        {
            return Refused("InvalidDimension", "dimension");
        }

        if (sent.Quantity <= 0)
        {
            return Refused("InvalidQuantity", "quantity");
        }

        if (!AzureWindow.Takes(sent.EffectiveStartTime, now))
        {
            return Refused("Expired", "effectiveStartTime");
        }

        AzureSlot slot = new(sent.ResourceId, sent.Dimension, AzureWindow.HourOf(sent.EffectiveStartTime));
        if ((_slots.GetValueOrDefault(slot) ?? taken.GetValueOrDefault(slot)) is { } first)
        {
            return new AzureVerdict(sent, "Duplicate", Target: null, first);
        }

        AzureBilledEvent billed = new(
            StableHash.Id(slot.Hour.UtcTicks, "azure", slot.ResourceId.ToString(), slot.Dimension), sent.ResourceId, subscription.OfferId, subscription.PlanId,
            sent.Dimension, sent.EffectiveStartTime, sent.Quantity, PriceOf(subscription, sent.Dimension, slot.Hour), now);
        taken.Add(slot, billed);
        return new AzureVerdict(sent, "Accepted", Target: null, billed);

        AzureVerdict Refused(string status, string target) => new(sent, status, target, Billed: null);
    }

    private AzurePlan PlanOf(AzureSubscription subscription) => _offers[subscription.OfferId].Plans.First(plan => plan.PlanId == subscription.PlanId);

    /// <summary>The purchase's own price before the plan's, of each the one that began last; the plan's first price where none has begun.</summary>
    private decimal PriceOf(AzureSubscription subscription, string dimension, DateTimeOffset hour) => _prices
        .Where(price => price.OfferId == subscription.OfferId && price.PlanId == subscription.PlanId && price.Dimension == dimension && price.From <= hour
            && (price.ResourceId is null || price.ResourceId == subscription.ResourceId))
        .OrderByDescending(price => price.ResourceId is not null).ThenByDescending(price => price.From)
        .FirstOrDefault()?.UnitPriceCents
        ?? PlanOf(subscription).Dimensions.First(listed => listed.Key == dimension).UnitPriceCents;

    private readonly record struct AzureSlot(Guid ResourceId, string Dimension, DateTimeOffset Hour)
    {
        public static AzureSlot Of(AzureBilledEvent taken) => new(taken.ResourceId, taken.Dimension, taken.Hour);
    }
}
