using LagoConsole.Core.Overview;
using LagoConsole.Core.Products;
using Xunit;

namespace LagoConsole.Tests.Overview;

/// <summary>One integration on 20 August at 13:50: its Lago period began on the 10th.</summary>
public sealed class OverviewSumsTests
{
    private static readonly DateTimeOffset _now = new(2026, 8, 20, 13, 50, 0, TimeSpan.Zero);
    private static readonly Guid _lago = Guid.NewGuid();
    private static readonly MoneyPlace _aws = new(_lago, Marketplace.Aws, "USD");
    private static readonly MoneyPlace _nowhere = new(_lago, null, "USD");

    private static readonly Dictionary<Guid, LagoPeriod> _periods = new() { [_lago] = new LagoPeriod(At(10, 0), At(10, 0).AddMonths(1), IsOnly: true) };

    [Fact]
    public void Each_window_adds_what_lies_in_it()
    {
        IReadOnlyList<BoardLine> lines = OverviewSums.Lines(
            Flows((Day(3), Flow(_aws, 1_000, 900)), (Day(15), Flow(_aws, 200, 150.5m)), (Hour(9), Flow(_aws, 30, 20))), [], [], _periods, _now);

        BoardLine line = Assert.Single(lines);
        Assert.Equal(new BoardWindow(30, 20, 0, 0), line.Today);
        Assert.Equal(new BoardWindow(230, 170.5m, 0, 0), line.Period); // 200 + 30, 150.5 + 20
        Assert.Equal(new BoardWindow(1_230, 1_070.5m, 0, 0), line.Month);
    }

    [Fact]
    public void What_a_closing_adds_is_of_the_day_and_the_month_and_of_no_open_period()
    {
        BoardLine line = Assert.Single(OverviewSums.Lines(
            Flows((Hour(9), new MoneyFlow(_aws, CountedMinor: 30, ClosedMinor: 7, BilledMinor: 0))), [], [], _periods, _now));

        Assert.Equal((37L, 30L, 37L), (line.Today.CountedMinor, line.Period!.CountedMinor, line.Month.CountedMinor));
    }

    [Fact]
    public void Waiting_money_is_on_no_marketplace_yet_and_stands_in_the_window_in_which_it_was_seen()
    {
        IReadOnlyList<BoardLine> lines = OverviewSums.Lines(
            Flows((Hour(9), Flow(_aws, 30, 20)), (Day(12), Flow(_nowhere, 50, 0))),
            [new WaitingPart(_lago, "USD", At(12, 8), IsOfClosing: false, 50, 45.25m), new WaitingPart(_lago, "USD", At(20, 1), IsOfClosing: true, 5, 5)],
            [], _periods, _now);

        Assert.Equal([_aws, _nowhere], lines.Select(line => line.Place));
        Assert.Equal((0m, 0m, 0m), (lines[0].Today.WaitingMinor, lines[0].Period!.WaitingMinor, lines[0].Month.WaitingMinor));
        Assert.Equal((5m, 45.25m, 50.25m), (lines[1].Today.WaitingMinor, lines[1].Period!.WaitingMinor, lines[1].Month.WaitingMinor));
    }

    [Fact]
    public void Records_that_need_a_person_stand_in_the_window_in_which_they_were_made()
    {
        BoardLine line = Assert.Single(OverviewSums.Lines(
            Flows(), [], [new StuckRecord(_aws, At(5, 3), 400), new StuckRecord(_aws, At(20, 3), 1.5m)], _periods, _now));

        Assert.Equal((1.5m, 1.5m, 401.5m), (line.Today.UnresolvedMinor, line.Period!.UnresolvedMinor, line.Month.UnresolvedMinor));
    }

    [Fact]
    public void Currencies_are_never_added_together()
    {
        MoneyPlace euros = _aws with { Currency = "EUR" };

        IReadOnlyList<BoardLine> lines = OverviewSums.Lines(Flows((Hour(9), Flow(_aws, 30, 0)), (Hour(10), Flow(euros, 40, 0))), [], [], _periods, _now);

        Assert.Equal([("EUR", 40L), ("USD", 30L)], lines.Select(line => (line.Place.Currency, line.Today.CountedMinor)));
    }

    [Fact]
    public void Without_an_open_period_there_is_no_window_for_it() => Assert.Null(
        Assert.Single(OverviewSums.Lines(Flows((Hour(9), Flow(_aws, 30, 20))), [], [], new Dictionary<Guid, LagoPeriod>(), _now)).Period);

    [Fact]
    public void A_bar_of_the_chart_is_its_hour_or_day_and_none_counts_twice()
    {
        // Yesterday is kept as a day and, for the chart of hours, in hours too.
        TimeRange late = new(At(19, 20), At(19, 21));
        var flows = Flows((Day(19), Flow(_aws, 0, 70)), (late, Flow(_aws, 0, 15)), (Hour(9), Flow(_aws, 0, 20)), (new TimeRange(At(20, 13), At(20, 13).AddMinutes(10)), Flow(_aws, 0, 3)));

        IReadOnlyList<BilledPoint> days = OverviewSums.Billed(flows, OverviewRanges.DaysOf(_now), "USD", _now);
        IReadOnlyList<BilledPoint> hours = OverviewSums.Billed(flows, OverviewRanges.HoursOf(_now), "USD", _now);

        Assert.Equal((70m, 23m), (days[^2].BilledMinor, days[^1].BilledMinor));
        Assert.Equal((15m + 20 + 3, 15m, 3m), (hours.Sum(hour => hour.BilledMinor), hours[6].BilledMinor, hours[^1].BilledMinor));
    }

    private static Dictionary<TimeRange, IReadOnlyList<MoneyFlow>> Flows(params (TimeRange Range, MoneyFlow Flow)[] flows) =>
        flows.ToDictionary(flow => flow.Range, flow => (IReadOnlyList<MoneyFlow>)[flow.Flow]);

    private static MoneyFlow Flow(MoneyPlace place, long counted, decimal billed) => new(place, counted, ClosedMinor: 0, billed);

    private static TimeRange Day(int day) => new(At(day, 0), At(day, 0).AddDays(1));

    private static TimeRange Hour(int hour) => new(At(20, hour), At(20, hour).AddHours(1));

    private static DateTimeOffset At(int day, int hour) => new(2026, 8, day, hour, 0, 0, TimeSpan.Zero);
}
