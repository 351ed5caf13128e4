using LagoConsole.Core.Money;

namespace LagoConsole.Core.Buyers.Mapping;

/// <summary>How far a long piece of work is.</summary>
/// <param name="What">Such as <c>customers</c>.</param>
/// <param name="Total">Null while nobody knows.</param>
public sealed record LookProgress(string What, int Done, int? Total);

/// <summary>A running period of a customer without a buyer.</summary>
/// <param name="CountedMinor">What Lago shows of it, over all metrics.</param>
/// <param name="UnbilledMinor">The part above what was counted here before, when the customer had a buyer.</param>
public sealed record UnbilledPeriod(
    string LagoCustomerId, string SubscriptionExternalId, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, string Currency, long CountedMinor, long UnbilledMinor);

/// <summary>What one look at an organization in Lago saw. Kept in memory of the node that looked, until the next look.</summary>
/// <param name="AskedAt">When the look began: the amounts are not older than that.</param>
/// <param name="Customers">All that Lago lists.</param>
/// <param name="Periods">Running periods of the customers that had no buyer then.</param>
/// <param name="Unread">Subscriptions whose usage was not read: too many for one look, or Lago did not answer for them.</param>
/// <param name="Problem">Why the first of them was not read; null where it was the number only.</param>
public sealed record LagoLook(
    DateTimeOffset AskedAt, string AskedBy, IReadOnlyList<SeenCustomer> Customers, IReadOnlyList<UnbilledPeriod> Periods, int Unread, string? Problem);

/// <summary>What a look came to.</summary>
public abstract record LookOutcome
{
    private LookOutcome()
    {
    }

    public sealed record Seen(LagoLook Look) : LookOutcome;

    /// <summary>Lago could not be asked. An earlier look stays.</summary>
    public sealed record Failed(string Sentence) : LookOutcome;
}

/// <summary>A Lago customer with usage and no buyer: what it uses is billed to nobody.</summary>
/// <param name="Counted">What Lago shows of its running periods, one sum for each currency.</param>
/// <param name="Unbilled">The part of it that was never counted here.</param>
public sealed record UnbilledCustomer(SeenCustomer Customer, int Subscriptions, IReadOnlyList<CurrencyAmount> Counted, IReadOnlyList<CurrencyAmount> Unbilled);

/// <summary>A look held against the buyers as they are now.</summary>
/// <param name="Linked">Customers that have a buyer now.</param>
/// <param name="Unbilled">The largest amount first.</param>
/// <param name="Matches">Buyers without a Lago Customer ID, and customers without a buyer, that are alike.</param>
public sealed record LookReport(
    LagoLook Look, int Linked, IReadOnlyList<UnbilledCustomer> Unbilled, IReadOnlyList<CurrencyAmount> UnbilledTotal, LinkMatches Matches);

/// <summary>Two buyers whose Lago Customer IDs are one customer: its usage is counted once, for one of them.</summary>
public sealed record SharedCustomer(string CustomerLagoId, IReadOnlyList<SharingBuyer> Buyers);

public sealed record SharingBuyer(Guid Id, string Name, string LagoCustomerId, string IntegrationName);
