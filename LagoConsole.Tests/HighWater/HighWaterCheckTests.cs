using CsCheck;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Polling;
using Xunit;

namespace LagoConsole.Tests.HighWater;

public sealed class HighWaterCheckTests
{
    private static readonly Guid Period = Guid.Parse("0b6f6f3e-0000-7000-8000-000000000001");

    [Theory]
    [InlineData(0, 23_500, 23_500)] // first sight
    [InlineData(23_500, 23_500, 0)] // unchanged
    [InlineData(23_500, 23_501, 1)] // an increment of 1 is an increment (T31)
    [InlineData(23_500, 20_300, 0)] // two charges on one metric, the volume tier fell (T12)
    [InlineData(12_500, 8_000, 0)] // volume tier: 5 units, then 15 units
    [InlineData(5_000, 1_500, 0)] // latest: the last value wins
    [InlineData(0, 9_007_199_254_740_993, 9_007_199_254_740_993)] // beyond what a double can hold (T23)
    public void R2_Only_what_passes_the_mark_is_growth(long mark, long total, long increase)
    {
        HighWaterDecision decision = HighWaterCheck.Apply(Mark(mark), Snapshot(total));

        Assert.Equal((increase, increase > 0), (decision.IncreaseMinor, decision.HasIncrease));
        Assert.Equal(Math.Max(mark, total), decision.NewMarkMinor);
    }

    [Fact]
    public void R2_After_a_fall_reporting_rests_until_the_old_peak_is_passed()
    {
        long mark = 0;
        long[] totals = [10_000, 4_000, 9_999, 10_000, 10_250];
        List<long> increases = [];
        foreach (long total in totals)
        {
            HighWaterDecision decision = HighWaterCheck.Apply(Mark(mark), Snapshot(total));
            mark = decision.NewMarkMinor;
            increases.Add(decision.IncreaseMinor);
        }

        Assert.Equal([10_000, 0, 0, 0, 250], increases);
    }

    [Fact]
    public void R2_Increments_of_any_history_add_up_to_its_peak() =>
        Gen.Long[0, 1_000_000_000_000].List[1, 60].Sample(totals =>
        {
            long mark = 0;
            long sum = 0;
            foreach (long total in totals)
            {
                HighWaterDecision decision = HighWaterCheck.Apply(Mark(mark), Snapshot(total));
                mark = decision.NewMarkMinor;
                sum += decision.IncreaseMinor;
            }

            return sum == totals.Max() && mark == totals.Max();
        });

    [Theory]
    [InlineData(SnapshotSource.Poll, 0)]
    [InlineData(SnapshotSource.Close, 217_742)]
    public void R8_A_projected_total_counts_at_the_close_only(SnapshotSource source, long increase)
    {
        HighWaterMark mark = Mark(0);
        mark.ReportAtCloseOnly = true;

        Assert.Equal(increase, HighWaterCheck.Apply(mark, Snapshot(217_742, source: source)).IncreaseMinor);
    }

    [Fact]
    public void R15_Growth_above_the_limit_is_held_and_the_mark_stays()
    {
        HighWaterDecision decision = HighWaterCheck.Apply(Mark(1_000), Snapshot(9_000), limitMinor: 7_999);

        Assert.Equal((1_000, 0, HoldReason.Jump, 8_000), (decision.NewMarkMinor, decision.IncreaseMinor, decision.Hold, decision.HeldMinor));
        Assert.Equal(8_000, HighWaterCheck.Apply(Mark(1_000), Snapshot(9_000), limitMinor: 8_000).IncreaseMinor);
    }

    [Theory]
    [InlineData(SnapshotSource.Poll, 12_000, HoldReason.Jump, 11_000)] // it follows Lago up
    [InlineData(SnapshotSource.Poll, 1_500, HoldReason.Jump, 500)] // and down
    [InlineData(SnapshotSource.Poll, 900, null, 0)] // Lago took it back: nothing is left to decide
    [InlineData(SnapshotSource.Close, 9_500, HoldReason.Jump, 8_500)] // a closing lets nothing of it flow
    public void R15_A_held_key_follows_Lago_and_lets_nothing_flow(SnapshotSource source, long total, HoldReason? hold, long held)
    {
        HighWaterMark mark = Mark(1_000);
        mark.Hold = HoldReason.Jump;

        HighWaterDecision decision = HighWaterCheck.Apply(mark, Snapshot(total, source: source));

        Assert.Equal((1_000, 0, hold, held), (decision.NewMarkMinor, decision.IncreaseMinor, decision.Hold, decision.HeldMinor));
    }

    [Fact]
    public void R15_What_was_refused_stays_refused_until_Lago_has_fallen_by_as_much()
    {
        // A jump from 1,000 to 9,000 was decided up to 3,000: 6,000 are refused.
        HighWaterMark mark = Mark(3_000);
        mark.RefusedMinor = 6_000;
        mark.HighestTotalMinor = 9_000;
        long[] totals = [9_400, 4_000, 3_400, 3_450];
        List<(long Increase, long Refused)> seen = [];
        foreach (long total in totals)
        {
            HighWaterDecision decision = HighWaterCheck.Apply(mark, Snapshot(total));
            (mark.AmountMinor, mark.RefusedMinor, mark.HighestTotalMinor) = (decision.NewMarkMinor, decision.RefusedMinor, decision.HighestTotalMinor);
            seen.Add((decision.IncreaseMinor, decision.RefusedMinor));
        }

        // 9,400 − 6,000 is 400 above 3,000. 4,000 is a fall of 5,400, not enough; 3,400 is one of 6,000.
        Assert.Equal([(400, 6_000), (0, 6_000), (0, 0), (50, 0)], seen);
    }

    [Fact]
    public void Refuses_a_snapshot_of_another_metric_period_or_currency()
    {
        Assert.Throws<ArgumentException>(() => HighWaterCheck.Apply(Mark(0), Snapshot(1, code: "API_calls")));
        Assert.Throws<ArgumentException>(() => HighWaterCheck.Apply(Mark(0), Snapshot(1, period: Guid.Empty)));
        Assert.Throws<ArgumentException>(() => HighWaterCheck.Apply(Mark(0), Snapshot(1, currency: "EUR")));
    }

    private static HighWaterMark Mark(long amount) => new()
    {
        Id = Guid.Empty,
        PeriodId = Period,
        MetricCode = "api_calls",
        Currency = "USD",
        BaselineMinor = 0,
        AmountMinor = amount,
        LastTotalMinor = amount,
        FirstSeenAt = DateTimeOffset.UnixEpoch,
        LastTotalAt = DateTimeOffset.UnixEpoch,
        LastCharges = [],
    };

    private static UsageSnapshot Snapshot(
        long total, string code = "api_calls", Guid? period = null, string currency = "USD", SnapshotSource source = SnapshotSource.Poll) => new()
        {
            PeriodId = period ?? Period,
            MetricCode = code,
            TotalMinor = total,
            Currency = currency,
            TakenAt = DateTimeOffset.UnixEpoch,
            Source = source,
            Charges = [],
        };
}
