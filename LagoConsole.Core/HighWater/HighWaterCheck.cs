using LagoConsole.Core.Polling;

namespace LagoConsole.Core.HighWater;

/// <summary>What a look at Lago does to a key.</summary>
/// <param name="NewMarkMinor">The mark to store; equal to the old one when nothing grew.</param>
/// <param name="IncreaseMinor">What is new, in minor units; 0 when nothing is.</param>
public sealed record HighWaterDecision(long NewMarkMinor, long IncreaseMinor)
{
    public bool HasIncrease => IncreaseMinor > 0;

    /// <summary>Why the key is held from now on; null when it is not.</summary>
    public HoldReason? Hold { get; init; }

    /// <summary>What a held key shows above its mark; 0 when it is not held.</summary>
    public long HeldMinor { get; init; }

    /// <summary>What is still refused of a jump (R15).</summary>
    public long RefusedMinor { get; init; }

    /// <summary>The highest total seen since then.</summary>
    public long HighestTotalMinor { get; init; }
}

/// <summary>Decides how much of a total is new (R2, R3) and what of it is held (R15). Pure: no clock, no database.</summary>
public static class HighWaterCheck
{
    /// <summary>The mark to store next, and an increase only if the total passed the old mark and nothing holds the key.</summary>
    /// <param name="limitMinor">Growth above it is a jump and is held (<see cref="JumpRule"/>); null where nothing is.</param>
    /// <param name="atCloseOnly">A person chose that the metric is billed at its period's close only (R8).</param>
    /// <exception cref="ArgumentException">Mark and snapshot have different keys or currencies.</exception>
    /// <exception cref="OverflowException">The increase does not fit a <see cref="long"/>: no amount of money does that.</exception>
    public static HighWaterDecision Apply(HighWaterMark mark, UsageSnapshot snapshot, long? limitMinor = null, bool atCloseOnly = false)
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

        HighWaterDecision unchanged = Refuse(mark, snapshot.TotalMinor);

        // Lago's total can fall (volume tier, negative event, price edit). What was reported is
        // never taken back: reporting rests until the total climbs past its old peak.
        long increase = checked(snapshot.TotalMinor - unchanged.RefusedMinor - mark.AmountMinor);
        if (mark.Hold is { } hold)
        {
            // It follows Lago up and down. A jump that Lago took back altogether leaves nothing to decide.
            long held = Math.Max(0, increase);
            return unchanged with { Hold = hold == HoldReason.Jump && held == 0 ? null : hold, HeldMinor = held };
        }

        // A projected running total can fall again and could not be taken back (R8): only the final one counts.
        if (increase <= 0 || ((mark.ReportAtCloseOnly || atCloseOnly) && snapshot.Source != SnapshotSource.Close))
        {
            return unchanged;
        }

        return increase > limitMinor
            ? unchanged with { Hold = HoldReason.Jump, HeldMinor = increase }
            : unchanged with { NewMarkMinor = checked(mark.AmountMinor + increase), IncreaseMinor = increase };
    }

    /// <summary>What was refused of a jump stays refused until Lago has fallen by as much since its highest total (R15).</summary>
    private static HighWaterDecision Refuse(HighWaterMark mark, long total)
    {
        long highest = Math.Max(mark.HighestTotalMinor, total);
        return new HighWaterDecision(mark.AmountMinor, 0)
        {
            RefusedMinor = highest - total >= mark.RefusedMinor ? 0 : mark.RefusedMinor,
            HighestTotalMinor = highest, // the next refusal begins it anew
        };
    }
}
