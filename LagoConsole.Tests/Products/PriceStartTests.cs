using LagoConsole.Core.Products;
using Xunit;

namespace LagoConsole.Tests.Products;

public sealed class PriceStartTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 20, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset CreatedAt = new(2026, 3, 10, 12, 15, 0, TimeSpan.Zero);

    [Fact]
    public void A_first_list_price_begins_a_day_before_the_product_was_entered()
    {
        // The hour just closed (11:00) has a price, and so has everything that AWS would still take.
        Assert.Equal(
            new DateTimeOffset(2026, 3, 9, 12, 0, 0, TimeSpan.Zero),
            PriceStart.Default(Now, CreatedAt, entitlementStartsAt: null, hasEarlierPrice: false, lastBilledSlot: null));
    }

    [Fact]
    public void A_first_price_of_an_entitlement_begins_with_the_hour_in_which_it_starts()
    {
        Assert.Equal(
            new DateTimeOffset(2026, 3, 10, 10, 0, 0, TimeSpan.Zero),
            PriceStart.Default(Now, CreatedAt, entitlementStartsAt: new(2026, 3, 10, 10, 40, 0, TimeSpan.Zero), hasEarlierPrice: false, lastBilledSlot: null));
    }

    [Fact]
    public void A_later_price_begins_now() => Assert.Equal(Now, PriceStart.Default(Now, CreatedAt, null, hasEarlierPrice: true, lastBilledSlot: null));

    [Fact]
    public void A_first_price_of_an_entitlement_that_was_billed_at_list_price_begins_now()
    {
        DateTimeOffset start = new(2026, 3, 10, 10, 0, 0, TimeSpan.Zero);

        Assert.Equal(Now, PriceStart.Default(Now, CreatedAt, start, hasEarlierPrice: false, lastBilledSlot: start));
    }

    [Theory]
    [InlineData(0, true, null, null)]
    [InlineData(60, true, null, null)]
    [InlineData(-1, true, null, "cannot begin in the past")]
    [InlineData(-1440, false, null, null)]
    [InlineData(-120, false, -180, null)]
    [InlineData(-120, false, -120, "already billed at another price")]
    [InlineData(-120, false, -60, "already billed at another price")]
    public void A_price_never_reaches_back_over_what_was_billed(int fromMinutes, bool hasEarlierPrice, int? lastSlotMinutes, string? sentence)
    {
        string? problem = PriceStart.Problem(
            Now.AddMinutes(fromMinutes), Now, hasEarlierPrice, lastSlotMinutes is { } minutes ? Now.AddMinutes(minutes) : null);

        if (sentence is null)
        {
            Assert.Null(problem);
        }
        else
        {
            Assert.Contains(sentence, problem, StringComparison.Ordinal);
        }
    }
}
