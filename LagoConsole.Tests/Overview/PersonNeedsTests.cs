using LagoConsole.Core.HighWater;
using LagoConsole.Core.Money;
using LagoConsole.Core.Overview;
using LagoConsole.Core.Reporting;
using Xunit;

namespace LagoConsole.Tests.Overview;

public sealed class PersonNeedsTests
{
    private static readonly DateTimeOffset _now = new(2026, 8, 20, 13, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_stops_everything_comes_first_then_what_runs_out_then_the_largest_money()
    {
        PersonNeed lost = new PersonNeed.NotVerified("Harbour", Detail: null);
        PersonNeed tonight = Waits("tonight", 100, _now.AddHours(9));
        PersonNeed tomorrow = Waits("tomorrow", 9_000, _now.AddHours(23));
        PersonNeed large = Waits("large", 500_000, _now.AddDays(9));
        PersonNeed sooner = Waits("sooner", 700, _now.AddDays(2));
        PersonNeed later = Waits("later", 700, _now.AddDays(3));
        PersonNeed endless = Waits("endless", 700, until: null);
        PersonNeed job = new PersonNeed.JobFails("Report usage", 2);

        Assert.Equal(
            [lost, tonight, tomorrow, large, sooner, later, endless, job],
            PersonNeeds.Order([job, endless, later, sooner, large, tomorrow, tonight, lost], _now));
    }

    [Fact]
    public void Amounts_of_several_currencies_are_ordered_by_whole_units()
    {
        PersonNeed yen = new PersonNeed.Records("Yen", UsageRecordState.Unresolved, 1, Guid.NewGuid(), new CurrencyAmount("JPY", 500), null); // ¥500
        PersonNeed dollars = new PersonNeed.Held("Dollars", HoldReason.Jump, new CurrencyAmount("USD", 30_000), null); // $300

        Assert.Equal([yen, dollars], PersonNeeds.Order([dollars, yen], _now));
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(23, true)]
    [InlineData(24, false)]
    public void A_deadline_within_a_day_is_urgent(int hours, bool urgent) =>
        Assert.Equal(urgent, PersonNeeds.IsUrgent(Waits("Acme", 1, _now.AddHours(hours)), _now));

    private static PersonNeed.Waits Waits(string buyer, decimal minor, DateTimeOffset? until) =>
        new(buyer, WaitReason.NoConversion, new CurrencyAmount("USD", minor), until);
}
