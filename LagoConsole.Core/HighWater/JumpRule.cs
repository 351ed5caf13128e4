using LagoConsole.Core.Polling;

namespace LagoConsole.Core.HighWater;

/// <summary>An integration's limits for growth that is held (R15).</summary>
/// <param name="Factor">How many times of what a key usually grows by is still taken; 0 takes everything.</param>
/// <param name="FloorMinor">Growth up to this is always taken, in minor units.</param>
/// <param name="AbsoluteMinor">The limit where nothing tells what is usual: closings, first sights, young keys; 0 takes everything.</param>
public sealed record JumpLimits(int Factor, long FloorMinor, long AbsoluteMinor);

/// <summary>How much growth a look at Lago may bring before a person must say so (R15, T13). Pure.</summary>
public static class JumpRule
{
    /// <summary>What a key usually grows by is told by a whole day of it.</summary>
    private static readonly TimeSpan Young = TimeSpan.FromHours(24);

    /// <summary>The most that flows without a person, in minor units; null for no limit.</summary>
    /// <param name="mark">The key before this look.</param>
    /// <param name="isFirstSight">The key was made by this look.</param>
    /// <param name="previousTotalMinor">The last total of the same metric in the subscription's previous period: as much is expected of a first sight.</param>
    /// <param name="sinceLastPoll">Growth that gathered over an outage is no jump.</param>
    public static long? Limit(
        JumpLimits limits, HighWaterMark mark, SnapshotSource source, DateTimeOffset takenAt, bool isFirstSight, long previousTotalMinor,
        TimeSpan sinceLastPoll)
    {
        TimeSpan age = takenAt - mark.FirstSeenAt;
        if (isFirstSight || source == SnapshotSource.Close || age < Young)
        {
            return limits.AbsoluteMinor == 0 ? null : Math.Max(Math.Max(limits.AbsoluteMinor, limits.FloorMinor), isFirstSight ? previousTotalMinor : 0);
        }

        if (limits.Factor == 0)
        {
            return null;
        }

        decimal usualPerHour = (mark.AmountMinor - mark.BaselineMinor) / Hours(age);
        decimal limit = limits.Factor * usualPerHour * Math.Max(1, Hours(sinceLastPoll));
        return limit >= long.MaxValue ? null : Math.Max(limits.FloorMinor, (long)limit);
    }

    private static decimal Hours(TimeSpan span) => span.Ticks / (decimal)TimeSpan.TicksPerHour;
}
