using LagoConsole.Core.Buyers;
using LagoConsole.Core.Buyers.Mapping;
using LagoConsole.Core.Polling;
using Xunit;

namespace LagoConsole.Tests.Buyers.Mapping;

public sealed class MappingMoneyTests
{
    private static readonly DateTimeOffset August = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(MappingStart.FromZero, "6.00 USD of the present amounts is billed, and all growth from now on.")]
    [InlineData(MappingStart.FromNow, "6.00 USD of the present amounts is never billed here; all growth from now on is.")]
    [InlineData(MappingStart.Suggested, "5.00 USD of the present amounts is billed, 1.00 USD is never billed here; all growth from now on is billed.")]
    public void R7_A_start_says_what_becomes_of_the_present_amounts(MappingStart start, string expected) => Assert.Equal(
        expected,
        MappingMoney.Meaning(start, [Preview(LinkStart.FromZero, (500, null)), Preview(LinkStart.FromNow, (250, 150))])); // 150 were counted before

    [Fact]
    public void R7_What_was_counted_while_there_was_no_buyer_goes_with_the_start()
    {
        LinkPreview preview = Preview(LinkStart.FromZero, (500, null)) with { CountedWhileUnlinked = [new OpenMoneyLine("api_calls", "USD", 125)] };

        Assert.Equal("6.25 USD of the present amounts is never billed here; all growth from now on is.", MappingMoney.Meaning(MappingStart.FromNow, [preview]));
    }

    [Fact]
    public void Nothing_counted_needs_no_choice() => Assert.Equal(
        "Nothing was counted yet. Everything that comes is billed.", MappingMoney.Meaning(MappingStart.FromNow, [Preview(LinkStart.FromNow, (0, null))]));

    [Fact]
    public void Lines_that_are_left_out_are_not_in_the_sum()
    {
        MappingPreview preview = new("buyers.csv", [Line(2, 500), Line(3, 70)]);

        Assert.Equal("5.00 USD of the present amounts is billed, and all growth from now on.", MappingMoney.Meaning(MappingStart.FromZero, preview.Without(new HashSet<int> { 3 }).Links));
    }

    private static MappedLine Line(int number, long total) => new(number, "Acme", "cus", new MappingStep.Link(Preview(LinkStart.FromZero, (total, null))));

    private static LinkPreview Preview(LinkStart suggested, (long Total, long? Mark) line) => new(
        Guid.NewGuid(), Guid.NewGuid(), "cus", "lago", "Acme", August.AddDays(9),
        [new LinkPreviewLine("sub|api_calls", "sub", "standard", August, August.AddMonths(1), "api_calls", "API calls", "USD", line.Total, line.Mark, IsProjection: false)], suggested);
}
