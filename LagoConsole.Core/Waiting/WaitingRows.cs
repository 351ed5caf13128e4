using LagoConsole.Core.HighWater;

namespace LagoConsole.Core.Waiting;

/// <summary>Names waiting money: of this buyer, of this key, for this reason.</summary>
public sealed record WaitingKey(Guid BuyerId, Guid MarkId, WaitReason Reason);

/// <summary>Which waiting money a person wants to see.</summary>
/// <param name="Buyer">Part of the buyer's name.</param>
public sealed record WaitingFilter(WaitReason? Reason = null, string? Buyer = null, WaitingOrder Order = WaitingOrder.Money);

/// <summary>What comes first.</summary>
public enum WaitingOrder
{
    /// <summary>The largest amount in whole units of its currency, then the oldest. Currencies are not exchanged: ten euros come before nine dollars.</summary>
    Money = 1,

    /// <summary>The nearest deadline; where none runs, as by money.</summary>
    Deadline = 2,
}

/// <summary>Waiting money of one key and reason.</summary>
/// <param name="Minor">Minor units; has a fraction where a part is on records.</param>
/// <param name="Count">Of how many increments.</param>
/// <param name="Since">Since when the oldest of it waits.</param>
/// <param name="Deadline">Until when it can be billed; null where no deadline runs.</param>
/// <param name="HasCoupons">The customer has coupons in Lago: the marketplace bills gross.</param>
/// <param name="ProductId">The one product that the buyer bought; null when there is none, or more than one.</param>
/// <param name="Targets">Entitlements that it can be routed or sent to.</param>
/// <param name="Stamp">Names exactly what is shown; a decision is refused when it no longer fits.</param>
public sealed record WaitingRow(
    WaitingKey Key, string BuyerName, string SubscriptionExternalId, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, string MetricCode,
    string Currency, decimal Minor, int Count, DateTimeOffset Since, DateTimeOffset? Deadline, bool HasCoupons, Guid? ProductId,
    IReadOnlyList<WaitingTarget> Targets, string Stamp)
{
    /// <summary>What resolves it here and now: routing and sending need an entitlement that takes it.</summary>
    public IReadOnlyList<WaitingRemedy> Remedies =>
    [
        .. WaitingRemedies.Of(Key.Reason).Where(remedy => Targets.Count > 0 || remedy is not (WaitingRemedy.Route or WaitingRemedy.Send)),
    ];
}

/// <summary>What waits for one reason in one currency.</summary>
/// <param name="Lines">Of how many keys.</param>
public sealed record WaitingTotal(string Currency, WaitReason Reason, decimal Minor, int Lines);

/// <param name="Total">Rows of all pages.</param>
/// <param name="Totals">Of all pages and all reasons: what a filter by reason leaves out is in it.</param>
public sealed record WaitingList(IReadOnlyList<WaitingRow> Rows, int Total, IReadOnlyList<WaitingTotal> Totals);

/// <summary>What is held for one reason in one currency.</summary>
public sealed record HeldTotal(string Currency, HoldReason Reason, long Minor, int Keys);

/// <summary>A billing period that has ended long ago and still has no final total.</summary>
/// <param name="Detail">What closing found last, in a sentence; null when it was not tried yet.</param>
public sealed record ClosingRow(
    Guid PeriodId, Guid BuyerId, string BuyerName, string SubscriptionExternalId, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd,
    DateTimeOffset? LastAttemptAt, string? Detail);

/// <summary>A person's word that a Lago subscription is billed on an entitlement.</summary>
/// <param name="SubscriptionExternalId">As Lago names it; Lago's own id where no period of it is known any more.</param>
public sealed record RouteRow(
    Guid Id, string SubscriptionExternalId, string ProductName, string Identity, DateTimeOffset CreatedAt, string CreatedBy);

/// <summary>Records that do not go on without a person.</summary>
/// <param name="Deadline">The first moment at which one that can still be sent again is not taken any more; null when there is none.</param>
public sealed record RecordsToSettle(int Count, IReadOnlyList<Money.CurrencyAmount> Sums, DateTimeOffset? Deadline);

/// <summary>Everything that does not go on by itself, at a glance.</summary>
public sealed record WaitingOverview(IReadOnlyList<HeldTotal> Held, RecordsToSettle Records, int Waiting, int Closings)
{
    public bool IsEmpty => Waiting == 0 && Held.Count == 0 && Closings == 0 && Records.Count == 0;
}
