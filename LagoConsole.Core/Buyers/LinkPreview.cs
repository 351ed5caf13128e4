using LagoConsole.Core.Polling;

namespace LagoConsole.Core.Buyers;

/// <summary>From where a newly linked customer's usage is billed (R7).</summary>
public enum LinkStart
{
    /// <summary>The current period so far is billed.</summary>
    FromZero = 1,

    /// <summary>Only what comes from now on is billed.</summary>
    FromNow = 2,

    /// <summary>A typed amount per metric was billed elsewhere; the rest is billed here.</summary>
    Typed = 3,
}

/// <summary>What Lago shows of one metric at the moment of linking.</summary>
/// <param name="Key">Tells the line apart from all others of the preview.</param>
/// <param name="MarkMinor">The mark that already exists (linked before, or connected anew); null for a new key.</param>
public sealed record LinkPreviewLine(
    string Key, string SubscriptionExternalId, string? PlanCode, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd,
    string MetricCode, string MetricName, string Currency, long TotalMinor, long? MarkMinor, bool IsProjection);

/// <summary>A Lago customer that may be put on a buyer, with its present amounts. What is saved is this, not a later look (R7).</summary>
public sealed record LinkPreview(
    Guid BuyerId, Guid IntegrationId, string LagoCustomerId, string CustomerLagoId, string CustomerName, DateTimeOffset ReadAt,
    IReadOnlyList<LinkPreviewLine> Lines, LinkStart Suggested)
{
    /// <summary>The readings behind the lines.</summary>
    internal IReadOnlyList<SubscriptionReading> Readings { get; init; } = [];

    /// <summary>The customer has coupons in Lago: its invoices are lower than what the marketplace bills. False where the key may not read them.</summary>
    public bool HasCoupons { get; init; }

    /// <summary>The buyer had another Lago Customer ID when it was looked at.</summary>
    public bool ReplacesLink { get; init; }

    /// <summary>Open money of the link that this one would replace; empty when there is none.</summary>
    public IReadOnlyList<OpenMoneyLine> OpenMoneyOfOldLink { get; init; } = [];

    /// <summary>
    /// Money that closings found after this customer's link to the buyer was removed. <i>From zero</i> reports it, <i>from now</i> gives it up.
    /// </summary>
    public IReadOnlyList<OpenMoneyLine> CountedWhileUnlinked { get; init; } = [];

    internal static string LineKey(SubscriptionReading reading, string metricCode) => $"{reading.SubscriptionLagoId}|{metricCode}";
}

/// <summary>Whether a Lago customer can be put on a buyer.</summary>
public abstract record LinkPreviewOutcome
{
    private LinkPreviewOutcome()
    {
    }

    public sealed record Ready(LinkPreview Preview) : LinkPreviewOutcome;

    /// <summary>Shown at the field; nothing was changed.</summary>
    public sealed record Refused(string Sentence) : LinkPreviewOutcome;
}

/// <summary>What saving or removing a link came to.</summary>
public abstract record LinkSaveOutcome
{
    private LinkSaveOutcome()
    {
    }

    public sealed record Saved : LinkSaveOutcome;

    /// <summary>Nothing was changed.</summary>
    public sealed record Refused(string Sentence) : LinkSaveOutcome;
}
