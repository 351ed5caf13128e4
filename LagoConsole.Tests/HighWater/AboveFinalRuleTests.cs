using LagoConsole.Core.HighWater;
using Xunit;

namespace LagoConsole.Tests.HighWater;

public sealed class AboveFinalRuleTests
{
    [Theory]
    [InlineData(100, 0, 0)] // the final is what was counted
    [InlineData(60, 0, 40)]
    [InlineData(60, 80, 20)] // 80 of it were billed elsewhere
    [InlineData(0, 0, 100)]
    [InlineData(250, 0, 0)]
    public void R19_What_was_counted_above_the_final_total_from_the_baseline_on(long finalMinor, long baselineMinor, decimal above) =>
        Assert.Equal(above, AboveFinal.Of(finalMinor, [new CountedRise(baselineMinor, 100, 0)]));

    [Fact]
    public void R19_Every_rise_above_the_final_counts() =>
        Assert.Equal(40, AboveFinal.Of(60, [new CountedRise(0, 70, 0), new CountedRise(70, 100, 0)])); // 10 and 30

    [Fact]
    public void R19_What_is_not_billed_is_not_above_the_final()
    {
        // 0 to 70 billed, 70 to 100 written off; Lago's final is 60.
        Assert.Equal(10, AboveFinal.Of(60, [new CountedRise(0, 70, 0), new CountedRise(70, 100, 30)]));

        // 0 to 50 were given up because they were billed elsewhere; 50 to 100 are billed here.
        Assert.Equal(40, AboveFinal.Of(60, [new CountedRise(0, 50, 50), new CountedRise(50, 100, 0)]));

        // One rise from 40 to 100, of which 30.5 still wait: 29.5 are billed, up to 69.5.
        Assert.Equal(9.5m, AboveFinal.Of(60, [new CountedRise(40, 100, 30.5m)]));
    }
}
