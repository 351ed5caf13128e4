namespace LagoConsole.Sandbox.Azure;

/// <summary>What a plan bills.</summary>
/// <param name="Key">Case-sensitive.</param>
/// <param name="UnitPriceCents">Price of a unit in US cents; below one cent is possible.</param>
public sealed record AzureDimension(string Key, decimal UnitPriceCents);

/// <summary>A plan of an offer.</summary>
/// <param name="PlanId">Its id.</param>
/// <param name="Title">Shown to people.</param>
/// <param name="Dimensions">What it bills.</param>
public sealed record AzurePlan(string PlanId, string Title, IReadOnlyList<AzureDimension> Dimensions);

/// <summary>A SaaS offer.</summary>
/// <param name="OfferId">Its id.</param>
/// <param name="Title">Shown to people.</param>
/// <param name="ClientId">The app that its technical configuration names: only that one may report.</param>
/// <param name="Plans">What can be bought.</param>
public sealed record AzureOffer(string OfferId, string Title, string ClientId, IReadOnlyList<AzurePlan> Plans);

/// <summary>A later price of a dimension: the plan's, or one subscription's.</summary>
/// <param name="OfferId">The offer.</param>
/// <param name="PlanId">The plan.</param>
/// <param name="Dimension">Which dimension.</param>
/// <param name="ResourceId">The one subscription that it holds for; null for the plan's price.</param>
/// <param name="UnitPriceCents">Price of a unit in US cents.</param>
/// <param name="From">It is in force for hours that begin then or later.</param>
public sealed record AzurePrice(string OfferId, string PlanId, string Dimension, Guid? ResourceId, decimal UnitPriceCents, DateTimeOffset From);

/// <summary>Where a subscription stands.</summary>
public enum AzureSubscriptionStatus
{
    /// <summary>Bought, not activated.</summary>
    PendingFulfillmentStart,

    /// <summary>It runs.</summary>
    Subscribed,

    /// <summary>The buyer does not pay.</summary>
    Suspended,

    /// <summary>Cancelled.</summary>
    Unsubscribed,
}

/// <summary>One purchase by a buyer.</summary>
/// <param name="ResourceId">Its id, which usage is reported against.</param>
/// <param name="OfferId">What was bought.</param>
/// <param name="PlanId">Its plan.</param>
/// <param name="BuyerEmail">Who bought it.</param>
/// <param name="BuyerTenantId">The buyer's tenant.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="StartsAt">Usage before it is refused.</param>
/// <param name="EndsAt">When it was cancelled; null while it runs. Usage from before it is taken as long as any other.</param>
public sealed record AzureSubscription(
    Guid ResourceId, string OfferId, string PlanId, string BuyerEmail, Guid BuyerTenantId, AzureSubscriptionStatus Status, DateTimeOffset StartsAt,
    DateTimeOffset? EndsAt = null)
{
    /// <summary>The buyer's own subscription to Azure, which pays. Made up.</summary>
    public Guid AzureSubscriptionId => StableHash.Id(0, "azure-subscription", ResourceId.ToString());

    /// <summary>Where it stands then: an end that is still to come has not happened.</summary>
    public AzureSubscriptionStatus StatusAt(DateTimeOffset now) => Status is AzureSubscriptionStatus.Subscribed or AzureSubscriptionStatus.Unsubscribed && EndsAt is { } end
        ? now < end ? AzureSubscriptionStatus.Subscribed : AzureSubscriptionStatus.Unsubscribed
        : Status;

    /// <summary>Whether usage of that time is taken: of the hour in which it began, the whole; after a cancellation, what lies before it.</summary>
    public bool Takes(DateTimeOffset time) => Status is AzureSubscriptionStatus.Subscribed or AzureSubscriptionStatus.Unsubscribed
        && time >= AzureWindow.HourOf(StartsAt) && (EndsAt is not { } end || time < end);
}

/// <summary>An event that Azure has taken, and so bills. The first of its hour.</summary>
/// <param name="UsageEventId">Azure's id.</param>
/// <param name="ResourceId">The subscription.</param>
/// <param name="OfferId">The offer.</param>
/// <param name="PlanId">The plan.</param>
/// <param name="Dimension">What.</param>
/// <param name="EffectiveStartTime">As reported.</param>
/// <param name="Quantity">Units.</param>
/// <param name="UnitPriceCents">US cents a unit in its hour.</param>
/// <param name="AcceptedAt">When.</param>
public sealed record AzureBilledEvent(
    Guid UsageEventId, Guid ResourceId, string OfferId, string PlanId, string Dimension, DateTimeOffset EffectiveStartTime, decimal Quantity,
    decimal UnitPriceCents, DateTimeOffset AcceptedAt)
{
    /// <summary>The hour that it holds.</summary>
    public DateTimeOffset Hour => AzureWindow.HourOf(EffectiveStartTime);

    /// <summary>What the buyer pays, US cents.</summary>
    public decimal AmountCents => Quantity * UnitPriceCents;
}
