using LagoConsole.Core.Reconciliation;
using Xunit;

namespace LagoConsole.Tests.Reconciliation;

/// <summary>August 20 at one cent a unit, read two days later.</summary>
public sealed class DayComparisonTests
{
    private static readonly DateTimeOffset Day = new(2026, 8, 20, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(200, 200, DayVerdict.Equal, 0)]
    [InlineData(200, 0, DayVerdict.Missing, -200)]
    [InlineData(0, 7, DayVerdict.Extra, 7)]
    [InlineData(200, 207, DayVerdict.Different, 7)]
    [InlineData(200, 150, DayVerdict.Different, -50)]
    public void Both_sides_are_compared_unit_by_unit(long ours, int azures, DayVerdict verdict, int difference)
    {
        DayComparison comparison = Compare(Books(ours), Total(azures));

        Assert.Equal((verdict, (decimal)difference), (comparison.Verdict, comparison.Difference));
    }

    [Fact]
    public void A_day_that_was_not_read_since_its_last_record_was_made_is_not_judged()
    {
        DayBooks books = Books(200) with { LastMadeAt = Day.AddHours(50) };

        Assert.Equal(DayVerdict.NotRead, Compare(Books(200), total: null).Verdict);
        Assert.Equal(DayVerdict.NotRead, Compare(books, Total(200), readAt: Day.AddHours(49)).Verdict);
        Assert.Equal(DayVerdict.Equal, Compare(books, Total(200), readAt: Day.AddHours(51)).Verdict);
    }

    [Theory]
    [InlineData("Rejected", 0)]
    [InlineData("Accepted", 150)]
    [InlineData("TestHeaders", 200)]
    public void Units_that_Azure_has_not_taken_as_reported_differ_though_as_many_were_reported(string statuses, int processed)
    {
        DayComparison comparison = Compare(Books(200), new DayTotal(200, processed, 2, statuses));

        Assert.Equal(DayVerdict.Different, comparison.Verdict);
        Assert.StartsWith($"Azure says of it: {statuses}, {processed} of 200 units processed.", comparison.Todo, StringComparison.Ordinal);
    }

    [Fact]
    public void Units_that_Azure_has_reported_but_not_processed_yet_are_equal() =>
        Assert.Equal(DayVerdict.Equal, Compare(Books(200), new DayTotal(200, 0, 2, "Submitted")).Verdict);

    [Fact]
    public void What_to_do_names_the_money_and_who_has_to_do_it()
    {
        Assert.Equal("Nothing to do.", Todo(Books(200), 200));
        Assert.StartsWith("Azure lists 50 units, 0.50 USD, less than it has accepted, and the buyer may not be billed for them.", Todo(Books(200), 150), StringComparison.Ordinal);
        Assert.StartsWith("7 units, 0.07 USD, are billed that this console did not report. Find out what else reports usage", Todo(Books(200), 207), StringComparison.Ordinal);
        Assert.StartsWith("50 units, 0.50 USD, are what the records without an answer come to", Todo(Books(200) with { Unresolved = 30, Unknown = 20 }, 250), StringComparison.Ordinal);
        Assert.StartsWith("50 units, 0.50 USD, are what void records of the day come to", Todo(Books(200) with { VoidSent = 50 }, 250), StringComparison.Ordinal);
        Assert.StartsWith("Azure lists exactly what is accepted, and not the 50 units without an answer.", Todo(Books(200) with { Unresolved = 50 }, 200), StringComparison.Ordinal);
        Assert.StartsWith("50 units, 0.50 USD, are billed that this console did not report.", Todo(Books(200) with { Unresolved = 50, Conflicts = 1 }, 250), StringComparison.Ordinal);
    }

    [Fact]
    public void Less_than_a_day_after_the_day_Azure_may_still_be_late()
    {
        Assert.Contains("wait for the next day's read", Compare(Books(200), Total(150), readAt: Day.AddHours(47)).Todo, StringComparison.Ordinal);
        Assert.DoesNotContain("wait", Compare(Books(200), Total(150), readAt: Day.AddHours(48)).Todo, StringComparison.Ordinal);
    }

    [Fact]
    public void A_purchase_that_the_console_does_not_know_has_no_price()
    {
        DayComparison comparison = DayComparison.Of(Books(0) with { IsOurs = false }, Total(7), Day.AddHours(48), Day, unitPriceMinor: null, currency: null);

        Assert.Equal(DayVerdict.Extra, comparison.Verdict);
        Assert.StartsWith("7 units are billed to a subscription that is no entitlement of this console.", comparison.Todo, StringComparison.Ordinal);
    }

    private static DayBooks Books(long accepted) => new(accepted, Unknown: 0, Unresolved: 0, Conflicts: 0, VoidSent: 0, LastMadeAt: Day.AddHours(14), IsOurs: true);

    private static DayTotal Total(int units) => units == 0 ? DayTotal.None : new DayTotal(units, units, 1, "Accepted");

    private static DayComparison Compare(DayBooks books, DayTotal? total, DateTimeOffset? readAt = null) =>
        DayComparison.Of(books, total, readAt ?? Day.AddHours(48), Day, unitPriceMinor: 1, "USD");

    private static string Todo(DayBooks books, int azures) => Compare(books, Total(azures)).Todo;
}
