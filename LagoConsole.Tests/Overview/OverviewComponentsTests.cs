using Bunit;
using LagoConsole.Components.Overview;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Money;
using LagoConsole.Core.Overview;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.Overview;

public sealed class OverviewComponentsTests : MudContext
{
    private static readonly DateTimeOffset _now = new(2026, 8, 20, 13, 50, 0, TimeSpan.Zero);

    [Fact]
    public void The_way_marks_what_is_done_and_leads_to_what_is_next()
    {
        IRenderedComponent<FirstStepsPath> path = Show<FirstStepsPath>(parameters => parameters.Add(
            shown => shown.Steps, FirstSteps.Of(new FirstStepFacts(Connected: true, Verified: true, ProductReady: false, BuyerReady: false, SwitchedOn: false))));

        string[] steps = [.. path.FindAll("li").Select(step => Words(step.TextContent))];
        Assert.StartsWith("DONE Connect", steps[0], StringComparison.Ordinal);
        Assert.StartsWith("NEXT Add a product", steps[2], StringComparison.Ordinal);
        Assert.StartsWith("LATER Switch on", steps[5], StringComparison.Ordinal);
        Assert.Equal("/products", path.Find("[aria-current=step] a").GetAttribute("href"));
        Assert.Null(path.FindAll("li")[5].QuerySelector("a")); // not before its time
    }

    [Fact]
    public void Each_need_says_how_much_until_when_and_where()
    {
        Guid record = Guid.NewGuid();
        IRenderedComponent<NeedsList> list = Show<NeedsList>(parameters => parameters
            .Add(shown => shown.Now, _now)
            .Add(shown => shown.More, 3)
            .Add(shown => shown.Needs,
            [
                new PersonNeed.Records("Acme", UsageRecordState.Blocked, 1, record, new CurrencyAmount("USD", 1_250), _now.AddHours(3)),
                new PersonNeed.Waits("Globex & Co", WaitReason.NoConversion, new CurrencyAmount("EUR", 40), null),
                new PersonNeed.JobFails("Report usage", 2),
            ]));

        Assert.Equal("Needs a person: 6", list.Find("h2").TextContent);
        string[] rows = [.. list.FindAll("tbody tr").Select(row => Words(row.TextContent))];
        Assert.Equal("Acme: a record is BLOCKED. 12.50 USD 2026-08-20 16:50 UTC SOON The record", rows[0]);
        Assert.Equal("Globex & Co: growth waits, no conversion. 0.40 EUR – Waiting", rows[1]);
        Assert.Equal("Report usage failed 2 times in a row. – – Jobs", rows[2]);
        Assert.Equal(
            [$"/records/{record}", "/waiting?reason=NoConversion&buyer=Globex%20%26%20Co", "/jobs"],
            list.FindAll("tbody a").Select(link => link.GetAttribute("href")));
    }

    [Fact]
    public void Nothing_to_do_is_said() =>
        Assert.Contains("Nothing needs a person", Show<NeedsList>(parameters => parameters.Add(shown => shown.Needs, []).Add(shown => shown.Now, _now)).Markup, StringComparison.Ordinal);

    [Fact]
    public void Every_need_has_a_sentence_and_a_place()
    {
        CurrencyAmount money = new("USD", 1);
        PersonNeed[] needs =
        [
            new PersonNeed.NotVerified("Harbour", "The key was refused."), new PersonNeed.NeverVerified("Harbour"), new PersonNeed.JobFails("Poll", 1), new PersonNeed.BooksWrong(1),
            new PersonNeed.Records("Acme", UsageRecordState.Unresolved, 2, null, money, null), new PersonNeed.Waits("Acme", WaitReason.Restored, money, null),
            new PersonNeed.Held("Acme", HoldReason.Jump, money, null), new PersonNeed.LateClosings(2), new PersonNeed.Notices(1),
        ];

        Assert.Equal(typeof(PersonNeed).GetNestedTypes().Order(Comparer<Type>.Create((left, right) => string.CompareOrdinal(left.Name, right.Name))),
            needs.Select(need => need.GetType()).Order(Comparer<Type>.Create((left, right) => string.CompareOrdinal(left.Name, right.Name))));
        Assert.All(needs.Select(NeedLine.Of), line => Assert.True(line.What.EndsWith('.') && line.Href.StartsWith('/')));
    }

    [Fact]
    public void The_board_shows_each_window_of_each_marketplace()
    {
        Guid lago = Guid.NewGuid();
        IRenderedComponent<MoneyBoard> board = Show<MoneyBoard>(parameters => parameters.Add(shown => shown.Board, new OverviewBoard(
            _now, [],
            [
                new BoardIntegration(lago, "Harbour", IntegrationStatus.Verified, null, Job: null,
                [
                    new BoardLine(new MoneyPlace(lago, Marketplace.Aws, "USD"), new BoardWindow(10, 7.5m, 0, 2), new BoardWindow(30, 20, 0, 2), new BoardWindow(40, 25, 0, 2)),
                    new BoardLine(new MoneyPlace(lago, null, "USD"), new BoardWindow(5, 0, 5, 0), Period: null, new BoardWindow(5, 0, 5, 0)),
                ]),
                new BoardIntegration(Guid.NewGuid(), Name: null, Status: null, Period: null, Job: null, []),
            ],
            [], 0, [])));

        string[] rows = [.. board.FindAll("tbody tr").Select(row => Words(row.TextContent))];
        Assert.Equal(
            [
                "AWS Marketplace today 0.10 USD 0.075 USD – 0.02 USD", "AWS Marketplace this Lago period 0.30 USD 0.20 USD – 0.02 USD",
                "AWS Marketplace this month 0.40 USD 0.25 USD – 0.02 USD",
                "not on a marketplace yet today 0.05 USD – 0.05 USD –", "not on a marketplace yet this month 0.05 USD – 0.05 USD –",
            ],
            rows);
        Assert.Contains("A deleted integration", board.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_chart_says_in_a_table_what_it_draws_per_hour_and_per_day()
    {
        BilledSeries dollars = new("USD", [Point(12, 1, 100), Point(13, 1, 250)], [Point(0, 24, 900)]);
        BilledSeries euros = new("EUR", [Point(12, 1, 7), Point(13, 1, 0)], [Point(0, 24, 7)]);
        IRenderedComponent<BilledChart> chart = Show<BilledChart>(parameters => parameters.Add(shown => shown.Series, [dollars, euros]));

        Assert.Equal(["08-20 13:00 2.50 USD", "08-20 12:00 1.00 USD"], Rows(chart));
        Assert.Equal(["75", "37.5"], chart.FindAll("rect").Select(bar => bar.GetAttribute("y"))); // of 4.00 USD
        await PressAsync("Days");
        Assert.Equal(["2026-08-20 9.00 USD"], Rows(chart));
        await chart.Find("#billed-currency").ChangeAsync("EUR");
        Assert.Equal(["2026-08-20 0.07 EUR"], Rows(chart));
    }

    private static string[] Rows(IRenderedComponent<BilledChart> chart) => [.. chart.FindAll("tbody tr").Select(row => string.Join(' ', row.Children.Select(cell => Words(cell.TextContent))))];

    private static BilledPoint Point(int hour, int length, decimal billed)
    {
        DateTimeOffset from = new(2026, 8, 20, hour, 0, 0, TimeSpan.Zero);
        return new BilledPoint(new TimeRange(from, from.AddHours(length)), billed);
    }

    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
