using LagoConsole.Core.Reporting.Limits;
using Xunit;

namespace LagoConsole.Tests.Reporting.Limits;

public sealed class CallWidthTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)] // one answer at one
    [InlineData(2, 2)]
    [InlineData(3, 3)] // two answers at two
    [InlineData(6, 4)] // three at three
    [InlineData(28, 8)] // 1 + 2 + … + 7
    [InlineData(1_000, 8)] // the most
    public void One_more_call_at_once_each_time_that_so_many_were_answered(int answers, int expected) => Assert.Equal(expected, After(answers).Limit);

    [Theory]
    [InlineData(CallHealth.Throttled)]
    [InlineData(CallHealth.Failed)]
    public void Half_as_many_when_the_marketplace_throttles_or_does_not_answer_and_never_none(CallHealth sign)
    {
        CallWidth width = After(28);
        int[] limits =
        [
            .. Enumerable.Range(0, 5).Select(_ =>
            {
                width = width.After(sign, width.Cuts, most: 8);
                return width.Limit;
            }),
        ];

        Assert.Equal([4, 2, 1, 1, 1], limits);
    }

    [Fact]
    public void Calls_that_were_under_way_together_count_as_one_sign()
    {
        CallWidth eight = After(28);
        CallWidth cut = Enumerable.Range(0, 8).Aggregate(eight, (width, _) => width.After(CallHealth.Throttled, eight.Cuts, most: 8));

        Assert.Equal((4, 1), (cut.Limit, cut.Cuts));
        Assert.Equal(2, cut.After(CallHealth.Throttled, cut.Cuts, most: 8).Limit);
    }

    [Fact]
    public void A_call_that_was_not_made_says_nothing() => Assert.Equal(After(5), After(5).After(CallHealth.NotMade, 0, most: 8));

    private static CallWidth After(int answers) =>
        Enumerable.Range(0, answers).Aggregate(CallWidth.One, (width, _) => width.After(CallHealth.Answered, width.Cuts, most: 8));
}
