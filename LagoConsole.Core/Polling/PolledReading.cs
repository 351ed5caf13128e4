using LagoConsole.Core.Buyers;

namespace LagoConsole.Core.Polling;

/// <summary>What a poll has read of one subscription, and the link that it was read for.</summary>
internal sealed record PolledReading(BuyerLink Link, SubscriptionReading Reading);
