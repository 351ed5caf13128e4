namespace LagoConsole.Core.Polling;

/// <summary>How a subscription's period stands to a period of an older subscription with the same external id.</summary>
public enum Succession
{
    /// <summary>They have nothing to do with each other.</summary>
    None = 0,

    /// <summary>The new one begins in the middle of the old one's period, by an upgrade: recurring units are counted again (T7).</summary>
    Upgrade = 1,

    /// <summary>The new one begins before the old one ended: it counts the old one's events again (T9).</summary>
    Overlap = 2,
}

/// <summary>Tells upgrades and re-created subscriptions apart. Pure.</summary>
public static class PeriodSuccession
{
    /// <summary>Lago cuts some instants to the second and sends others with milliseconds.</summary>
    internal static readonly TimeSpan Rounding = TimeSpan.FromSeconds(2);

    /// <param name="older">A period of the older subscription.</param>
    /// <param name="newStart">Start of the new subscription's period.</param>
    /// <param name="newEnd">Its exclusive end.</param>
    /// <param name="isUpgrade">The new subscription says that it replaced a plan when it started.</param>
    public static Succession Of(BillingPeriod older, DateTimeOffset newStart, DateTimeOffset newEnd, bool isUpgrade)
    {
        if (older.PeriodEnd - newStart > Rounding && newEnd - older.PeriodStart > Rounding)
        {
            // Its end may not be known yet: then the upgrade was it.
            return isUpgrade && older.State == BillingPeriodState.Open ? Succession.Upgrade : Succession.Overlap;
        }

        // A downgrade takes over at the period's own end, where recurring units begin anew for both.
        bool follows = (newStart - older.PeriodEnd).Duration() <= Rounding;
        return isUpgrade && follows && older.EndedEarly ? Succession.Upgrade : Succession.None;
    }
}
