using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using Xunit;

namespace LagoConsole.Tests.Held;

public sealed class HoldRuleTests
{
    [Theory]
    [InlineData(1_000, 1_000, 8_000)] // nothing of it
    [InlineData(4_000, 4_000, 5_000)]
    [InlineData(9_000, 9_000, 0)] // all of it
    public void R15_A_decided_jump_is_billed_up_to_the_decided_total_and_the_rest_is_refused(long upTo, long mark, long refused)
    {
        HoldVerdict verdict = Decided(Held(HoldReason.Jump, mark: 1_000, held: 8_000), upTo: upTo);

        Assert.Equal((mark, refused, 0m), (verdict.NewMarkMinor, verdict.RefusedMinor, verdict.BilledBeforeMinor));
        Assert.Equal(8_000 - refused, verdict.FlowsMinor(Held(HoldReason.Jump, mark: 1_000, held: 8_000)));
    }

    [Theory]
    [InlineData(HoldReason.Restored, 0, 1_000, 0)]
    [InlineData(HoldReason.Restored, 300, 1_300, 300)] // billed since the backup: the mark rises with it
    [InlineData(HoldReason.Currency, 300, 1_300, 0)]
    public void R8_Of_a_key_that_is_left_to_its_close_only_what_was_billed_already_is_booked(HoldReason reason, long billed, long mark, long billedBefore)
    {
        HeldAmounts held = Held(reason, mark: 1_000, held: 8_000) with { IsAtCloseOnly = true, BaselineMinor = reason == HoldReason.Restored ? 0 : 1_000 };

        HoldVerdict verdict = HoldRule.Decide(held, billed, upToMinor: 9_000).Verdict!;

        Assert.Equal((mark, 0, billedBefore, 0m), (verdict.NewMarkMinor, verdict.RefusedMinor, verdict.BilledBeforeMinor, verdict.FlowsMinor(held)));
    }

    [Fact]
    public void R15_A_second_refusal_adds_to_the_first()
    {
        HeldAmounts held = Held(HoldReason.Jump, mark: 3_000, held: 5_000) with { RefusedMinor = 6_000 };

        Assert.Equal(6_000 + 4_000, Decided(held, upTo: 4_000).RefusedMinor);
    }

    [Theory]
    [InlineData(HoldReason.Jump, 0, 999)] // below the mark
    [InlineData(HoldReason.Jump, 0, 9_001)] // above what Lago shows
    [InlineData(HoldReason.Jump, 1, 9_000)] // the books know what is billed
    [InlineData(HoldReason.Restored, -1, 9_000)]
    public void Amounts_that_cannot_be_are_refused_with_a_sentence(HoldReason reason, long billed, long upTo)
    {
        (HoldVerdict? verdict, string? problem) = HoldRule.Decide(
            Held(reason, mark: 1_000, held: 8_000), billed, upTo);

        Assert.Null(verdict);
        Assert.NotEmpty(problem!);
    }

    [Fact]
    public void R20_What_was_billed_since_the_backup_is_booked_and_the_rest_flows()
    {
        (HoldVerdict? verdict, _) = HoldRule.Decide(Held(HoldReason.Restored, mark: 1_000, held: 8_000, open: 2_250.5m), billedAlreadyMinor: 3_000, upToMinor: 9_000);

        Assert.Equal(new HoldVerdict(BaselineMinor: 0, NewMarkMinor: 9_000, RefusedMinor: 0, BilledBeforeMinor: 3_000), verdict);
        Assert.Equal(2_250.5m + 8_000 - 3_000, verdict!.FlowsMinor(Held(HoldReason.Restored, mark: 1_000, held: 8_000, open: 2_250.5m)));
    }

    [Theory]
    [InlineData(14_200, 14_200)] // Lago fell to 9,898 after the lost records were made
    [InlineData(9_898, 9_898)]
    public void R20_More_may_have_been_billed_than_Lago_shows_now_and_the_mark_rises_with_it(long billed, long mark)
    {
        HeldAmounts held = Held(HoldReason.Restored, mark: 0, held: 9_898);

        (HoldVerdict? verdict, _) = HoldRule.Decide(held, billed, upToMinor: 9_898);

        Assert.Equal((mark, (decimal)billed, 0L), (verdict!.NewMarkMinor, verdict.BilledBeforeMinor, verdict.RefusedMinor));
        Assert.Equal(0, verdict.FlowsMinor(held));
    }

    [Fact]
    public void R20_A_part_of_a_minor_unit_that_is_open_flows_nowhere_when_more_was_billed()
    {
        HeldAmounts held = Held(HoldReason.Restored, mark: 1_000, held: 0, open: 20.5m);

        (HoldVerdict? verdict, _) = HoldRule.Decide(held, billedAlreadyMinor: 100, upToMinor: 1_000);

        Assert.Equal((1_080L, 100.5m), (verdict!.NewMarkMinor, verdict.BilledBeforeMinor));
        Assert.Equal(0, verdict.FlowsMinor(held));
    }

    [Fact]
    public void T30_What_was_billed_in_the_old_currency_is_where_the_new_key_starts()
    {
        (HoldVerdict? verdict, _) = HoldRule.Decide(Held(HoldReason.Currency, mark: 0, held: 7_500), billedAlreadyMinor: 7_000, upToMinor: 7_500);

        Assert.Equal((7_000, 7_500, 0), (verdict!.BaselineMinor, verdict.NewMarkMinor, verdict.RefusedMinor));
        Assert.Equal(500, verdict.FlowsMinor(Held(HoldReason.Currency, mark: 0, held: 7_500)));
    }

    [Theory]
    [InlineData(7_500, null)] // all of it: nothing flows
    [InlineData(7_501, "More is said to be billed already")]
    public void T30_No_more_can_have_been_billed_in_the_old_currency_than_is_to_be_billed_in_all(long billed, string? sentence)
    {
        HeldAmounts held = Held(HoldReason.Currency, mark: 0, held: 7_500);

        (HoldVerdict? verdict, string? problem) = HoldRule.Decide(held, billed, upToMinor: 7_500);

        Assert.Equal(sentence is null ? 0m : null, verdict?.FlowsMinor(held));
        Assert.StartsWith(sentence ?? "", problem ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HoldReason.Currency)]
    [InlineData(HoldReason.Overlap)]
    [InlineData(HoldReason.Upgrade)]
    public void A_key_that_was_counted_before_it_was_held_keeps_its_start(HoldReason reason)
    {
        HeldAmounts held = Held(reason, mark: 5_000, held: 2_500); // 5,000 are increments: the books know what became of them

        Assert.False(held.MayBeBilledAlready);
        Assert.StartsWith("The books know", HoldRule.Decide(held, billedAlreadyMinor: 1_000, upToMinor: 7_500).Problem, StringComparison.Ordinal);
        Assert.Equal(2_500, Decided(held, upTo: 7_500).FlowsMinor(held));
    }

    [Fact]
    public void R4_The_part_paid_in_advance_may_go_beyond_what_Lago_shows()
    {
        HoldVerdict verdict = Decided(Held(HoldReason.PayInAdvanceUnknown, mark: 0, held: 450), upTo: 1_650);

        Assert.Equal((1_650, 0), (verdict.NewMarkMinor, verdict.RefusedMinor));
    }

    [Theory]
    [InlineData(31_000, 10, 10_000)] // ten of 31 days
    [InlineData(100, 10, 32)] // 32.26 is rounded down
    [InlineData(9_007_199_254_740_993, 31, 9_007_199_254_740_993)]
    [InlineData(31_000, -1, 0)]
    [InlineData(31_000, 40, 31_000)]
    [InlineData(-31_000, 10, 0)] // a negative projection offers nothing
    public void R8_Of_a_projection_the_share_of_the_period_that_has_passed_is_offered(long total, int days, long offer)
    {
        DateTimeOffset start = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);

        Assert.Equal(offer, ElapsedShare.Of(total, start, start.AddDays(31), start.AddDays(days)));
    }

    [Fact]
    public void R8_Of_a_period_without_length_nothing_has_passed()
    {
        DateTimeOffset start = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);

        Assert.Equal(0, ElapsedShare.Of(31_000, start, start, start.AddDays(1)));
    }

    private static HoldVerdict Decided(HeldAmounts held, long upTo)
    {
        (HoldVerdict? verdict, string? problem) = HoldRule.Decide(held, billedAlreadyMinor: 0, upTo);
        Assert.Null(problem);
        return verdict!;
    }

    private static HeldAmounts Held(HoldReason reason, long mark, long held, decimal open = 0) =>
        new(reason, BaselineMinor: 0, mark, held, RefusedMinor: 0, open);
}
