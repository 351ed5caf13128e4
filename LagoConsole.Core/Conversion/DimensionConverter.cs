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
    /// <param name="entitlements">All entitlements of the buyer.</param>
    /// <param name="targets">Those of them whose product converts this metric, with the dimension.</param>
    /// <param name="routed">Entitlements that a person chose for the Lago subscription that the growth is of.</param>
    /// <param name="chosen">The entitlement that a person chose for this growth alone: later starts included.</param>
    public static RoutingDecision Route(
        string currency, DateTimeOffset seenAt,
        IReadOnlyCollection<Entitlement> entitlements, IReadOnlyCollection<RoutingTarget> targets,
        IReadOnlyCollection<Guid> routed, Guid? chosen)
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

        // A person's word is kept even while the entitlement they named rests: another that happens to be open was not meant.
        left = Named(left, target => target.Entitlement.Id == chosen)
            ?? Named(left, target => routed.Contains(target.Entitlement.Id) && target.Entitlement.DrainedAt is null)
            ?? left;
        left.RemoveAll(target => !target.Entitlement.TakesMoney);
        if (left.Count == 0)
        {
            return new RoutingDecision.Waits(WaitReason.EntitlementNotActive);
        }

        left.RemoveAll(target => target.Entitlement.StartsAt > seenAt && target.Entitlement.Id != chosen);
        if (left.Count == 0)
        {
            return new RoutingDecision.Waits(WaitReason.EntitlementStartsLater);
        }

        // One that has ended still takes what came before its end, unless another one was open by then.
        left = Named(left, target => target.Entitlement.EndsAt is null || target.Entitlement.EndsAt > seenAt) ?? left;
        return left is [var only]
            ? new RoutingDecision.To(only.Entitlement, only.Dimension)
            : new RoutingDecision.Waits(WaitReason.SeveralEntitlements);
    }

    /// <summary>Those that are meant, or null where none is.</summary>
    private static List<RoutingTarget>? Named(List<RoutingTarget> targets, Predicate<RoutingTarget> isMeant) =>
        targets.FindAll(isMeant) is { Count: > 0 } meant ? meant : null;
}
