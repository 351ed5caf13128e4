using LagoConsole.Core.Buyers;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Core.Waiting;

/// <summary>Until when waiting money can be billed at all (R6, R18). Pure.</summary>
public static class WaitingDeadline
{
    /// <summary>When the last of these purchases makes its last record; null when one of them has no end, or none is left: then no deadline runs.</summary>
    /// <param name="entitlements">Those that the money could be billed on, whatever it waits for.</param>
    /// <param name="margin">How long before the end of its window a record must be on its way.</param>
    public static DateTimeOffset? Of(IEnumerable<Entitlement> entitlements, TimeSpan margin)
    {
        List<Entitlement> left = [.. entitlements.Where(IsLeft)];
        return left.Count == 0 || left.Exists(entitlement => entitlement.EndsAt is null)
            ? null
            : left.Max(entitlement => FinalFlush.DueAt(entitlement.EndsAt!.Value, MarketplaceRules.For(entitlement.Marketplace), margin));
    }

    private static bool IsLeft(Entitlement entitlement) =>
        entitlement.DrainedAt is null && (entitlement.State != EntitlementState.Cancelled || entitlement.EndsAt is not null);
}
