using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Products;

namespace LagoConsole.Core.Conversion;

/// <summary>Where the money of an increment goes, or why it waits (R6).</summary>
public abstract record RoutingDecision
{
    private RoutingDecision()
    {
    }

    /// <summary>To this entitlement's meter for this dimension.</summary>
    public sealed record To(Entitlement Entitlement, Dimension Dimension) : RoutingDecision;

    /// <summary>Nowhere yet. Nothing is guessed.</summary>
    public sealed record Waits(WaitReason Reason) : RoutingDecision;
}

/// <summary>One way that money of a metric could go: an entitlement of the buyer whose product converts the metric.</summary>
public sealed record RoutingTarget(Entitlement Entitlement, Dimension Dimension);

/// <summary>Chooses the meter of an increment. Pure.</summary>
public static class DimensionConverter
{
    /// <summary>Routes growth of one metric.</summary>
    /// <param name="currency">The increment's currency.</param>
    /// <param name="seenAt">When the growth was seen: it never flows to an entitlement that starts later (R6).</param>
    /// <param name="now">Whether an entitlement has ended is asked as of now.</param>
    /// <param name="entitlements">All entitlements of the buyer.</param>
    /// <param name="targets">Those of them whose product converts this metric, with the dimension.</param>
    public static RoutingDecision Route(
        string currency, DateTimeOffset seenAt, DateTimeOffset now,
        IReadOnlyCollection<Entitlement> entitlements, IReadOnlyCollection<RoutingTarget> targets)
    {
        if (entitlements.Count == 0)
        {
            return new RoutingDecision.Waits(WaitReason.NoEntitlement);
        }

        if (targets.Count == 0)
        {
            return new RoutingDecision.Waits(WaitReason.NoConversion);
        }

        // Each sieve has its own reason, from what a person must mend first to what time mends.
        List<RoutingTarget> left = [.. targets.Where(target => target.Dimension.Currency == currency)];
        if (left.Count == 0)
        {
            return new RoutingDecision.Waits(WaitReason.ForeignCurrency);
        }

        left.RemoveAll(target => !IsOpen(target.Entitlement, now));
        if (left.Count == 0)
        {
            return new RoutingDecision.Waits(WaitReason.EntitlementNotActive);
        }

        left.RemoveAll(target => target.Entitlement.StartsAt > seenAt);
        return left switch
        {
            [] => new RoutingDecision.Waits(WaitReason.EntitlementStartsLater),
            [var only] => new RoutingDecision.To(only.Entitlement, only.Dimension),
            _ => new RoutingDecision.Waits(WaitReason.SeveralEntitlements),
        };
    }

    private static bool IsOpen(Entitlement entitlement, DateTimeOffset now) =>
        entitlement.State is EntitlementState.Active or EntitlementState.PendingCancel
        && (entitlement.EndsAt is null || entitlement.EndsAt > now);
}
