using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting.Limits;
using Xunit;

namespace LagoConsole.Tests.Reporting.Limits;

public sealed class CallPaceTests
{
    [Fact]
    public void Two_calls_to_AWS_come_together_and_then_eight_a_second() =>
        Assert.Equal([0, 0, 125, 250, 375], Waits(CallPace.Of(Marketplace.Aws), [0, 0, 0, 0, 0]));

    [Fact]
    public void A_pause_is_not_saved_up() =>
        Assert.Equal([0, 0, 125, 0, 0, 125], Waits(CallPace.Of(Marketplace.Aws), [0, 0, 0, 60_000, 60_000, 60_000]));

    [Fact]
    public void No_second_at_AWS_sees_more_than_ten_calls_however_they_come()
    {
        Random random = new(4711);
        int[] comes = [.. Enumerable.Range(0, 400).Select(_ => random.Next(0, 20_000)).Order()];
        double[] starts = [.. comes.Zip(Waits(CallPace.Of(Marketplace.Aws), comes), (at, wait) => at + wait)];

        Assert.All(starts, first => Assert.InRange(starts.Count(start => start >= first && start < first + 1_000), 1, 10));
    }

    [Theory]
    [InlineData(Marketplace.Azure)]
    [InlineData(Marketplace.Gcp)]
    public void Where_no_quota_is_documented_no_call_waits(Marketplace marketplace) => Assert.Equal([0, 0, 0], Waits(CallPace.Of(marketplace), [0, 0, 0]));

    private static double[] Waits(CallPace pace, int[] comesAtMilliseconds) =>
    [
        .. comesAtMilliseconds.Select(at =>
        {
            (TimeSpan wait, pace) = pace.Take(TimeSpan.FromMilliseconds(at));
            return wait.TotalMilliseconds;
        }),
    ];
}
