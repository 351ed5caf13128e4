using LagoConsole.Components.Shared;
using LagoConsole.Components.Usage;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Polling;
using Xunit;

namespace LagoConsole.Tests.Usage;

public sealed class UsagePathTests
{
    private static readonly ChartScale _scale = new(At(0), At(10), Top: 1_000);

    [Fact]
    public void A_total_stands_until_the_next_look() =>
        Assert.Equal("M10 70H10V70H40V20H50V60H100", UsagePath.Total([new(At(1), 300, 300), new(At(4), 800, 800), new(At(5), 400, 800)], At(10), _scale));

    [Fact]
    public void The_mark_begins_at_the_baseline_and_never_falls() => Assert.Equal(
        "M0 95H10V70H40V20H50V20H100",
        UsagePath.Mark(
            new CurvePeriod(Guid.NewGuid(), At(0), At(10), BillingPeriodState.Open, 50, [new(At(1), 300, 300), new(At(4), 800, 800), new(At(5), 400, 800)], []), At(10), _scale));

    [Fact]
    public void Without_a_look_there_is_no_line() => Assert.Equal("", UsagePath.Total([new(At(1), null, 300)], At(10), _scale));

    private static DateTimeOffset At(int hour) => new(2026, 8, 20, hour, 0, 0, TimeSpan.Zero);
}
