using LagoConsole.Core.Polling;

namespace LagoConsole.Core.HighWater;

/// <summary>What a look at Lago does to a mark.</summary>
/// <param name="NewMarkMinor">The mark to store; equal to the old one when nothing grew.</param>
/// <param name="IncreaseMinor">What is new, in minor units; 0 when nothing is.</param>
public sealed record HighWaterDecision(long NewMarkMinor, long IncreaseMinor)
{
    public bool HasIncrease => IncreaseMinor > 0;
}

/// <summary>Decides how much of a total is new (R2, R3). Pure: no clock, no database.</summary>
public static class HighWaterCheck
{
    /// <summary>The mark to store next, and an increase only if the total passed the old mark.</summary>
    /// <exception cref="ArgumentException">Mark and snapshot have different keys or currencies.</exception>
    /// <exception cref="OverflowException">The increase does not fit a <see cref="long"/>: no amount of money does that.</exception>
    public static HighWaterDecision Apply(HighWaterMark mark, UsageSnapshot snapshot)
    {
        if (mark.PeriodId != snapshot.PeriodId || mark.MetricCode != snapshot.MetricCode)
        {
            throw new ArgumentException(
                $"A snapshot of {snapshot.MetricCode} in period {snapshot.PeriodId} cannot be held against the mark of {mark.MetricCode} in period {mark.PeriodId}.",
                nameof(snapshot));
        }

        if (mark.Currency != snapshot.Currency)
        {
            throw new ArgumentException(
                $"A total in {snapshot.Currency} cannot be held against a mark in {mark.Currency} (T30).", nameof(snapshot));
        }

        // A projected running total can fall again and could not be taken back (R8): only the final one counts.
        if (mark.ReportAtCloseOnly && snapshot.Source != SnapshotSource.Close)
        {
            return new HighWaterDecision(mark.AmountMinor, 0);
        }

        // Lago's total can fall (volume tier, negative event, price edit). What was reported is
        // never taken back: reporting rests until the total climbs past its old peak.
        long increase = checked(snapshot.TotalMinor - mark.AmountMinor);
        return increase <= 0
            ? new HighWaterDecision(mark.AmountMinor, 0)
            : new HighWaterDecision(snapshot.TotalMinor, increase);
    }
}
