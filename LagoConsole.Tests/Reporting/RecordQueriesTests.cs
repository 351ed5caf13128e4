using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.Reporting;

public sealed class RecordQueriesTests : IDisposable
{
    private readonly TestDatabase _database = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private RecordQueries Queries => new(_database);

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task Shows_the_whole_sum_behind_a_record()
    {
        ReportBooks books = ReportBooks.Write(_database);

        RecordDetail detail = Assert.IsType<RecordDetail>(await Queries.FindAsync(books.Unknown.Id, Token));

        Assert.Equal((50m, 120m, 170m), (detail.RemainderBeforeMinor, detail.ReleasedMinor, detail.OpenBeforeMinor));
        Assert.Equal((100m, 1L, 100m, 70m), (detail.Record.UnitPriceMinor, detail.Record.Quantity, detail.Record.AmountMinor, detail.RemainderAfterMinor));
        Assert.Collection(
            detail.Parts,
            part => Assert.Equal((50L, 300L, 250L, 50m), (part.FromMinor, part.ToMinor, part.AmountMinor, part.LinkedMinor)),
            part => Assert.Equal((300L, 330L, 30L, 30m), (part.FromMinor, part.ToMinor, part.AmountMinor, part.LinkedMinor)),
            part => Assert.Equal((330L, 420L, 90L, 20m), (part.FromMinor, part.ToMinor, part.AmountMinor, part.LinkedMinor)));
        Assert.All(detail.Parts, part => Assert.Equal(("api_calls", "sub-acme"), (part.MetricCode, part.SubscriptionExternalId)));
        Assert.True(detail.AddsUp);
        Assert.Equal("Unknown", Assert.Single(detail.Attempts).Verdict);
    }

    [Fact]
    public async Task Says_so_when_a_sum_does_not_add_up()
    {
        Guid damaged = Guid.Empty;
        ReportBooks.Write(_database, (books, _) => damaged =
            books.Record(8, quantity: 2, before: 0, open: 250, after: 50, UsageRecordState.Accepted, (books.First, 199)).Id); // 199 is not 2 × 100

        Assert.False((await Queries.FindAsync(damaged, Token))!.AddsUp);
    }

    [Fact]
    public async Task Finds_nothing_of_an_unknown_id()
    {
        ReportBooks.Write(_database);

        Assert.Null(await Queries.FindAsync(Guid.NewGuid(), Token));
        Assert.Null(await Queries.FindGroupAsync(Guid.NewGuid(), Token));
    }

    [Fact]
    public async Task Lists_what_needs_a_person_first_and_then_the_newest_hour()
    {
        ReportBooks.Write(_database, (books, _) =>
        {
            books.Record(7, 1, 0, 100, 0, UsageRecordState.Blocked);
            books.Record(6, 1, 0, 100, 0, UsageRecordState.Unresolved);
            books.Record(5, 1, 0, 100, 0, UsageRecordState.Void);
        });

        Assert.Equal("Blocked Unresolved Unknown Accepted", string.Join(' ', (await Queries.ListAsync(new RecordFilter(), 0, 4, Token)).Select(row => row.State)));
        Assert.Equal("Unresolved Unknown", string.Join(' ', (await Queries.ListAsync(new RecordFilter(), 1, 2, Token)).Select(row => row.State)));
        Assert.Equal("Void", Assert.Single(await Queries.ListAsync(new RecordFilter(), 4, 4, Token)).State.ToString());
        Assert.Equal(5, (await Queries.AddUpAsync(new RecordFilter(), Token)).Count);
    }

    [Fact]
    public async Task Adds_up_what_is_billed_assumed_on_the_way_and_stuck_and_leaves_out_what_is_void()
    {
        ReportBooks.Write(_database, (books, _) =>
        {
            books.Record(7, 3, 0, 300, 0, UsageRecordState.Accepted).OutcomeAssumed = true;
            books.Record(6, 4, 0, 400, 0, UsageRecordState.Conflict);
            books.Record(5, 5, 0, 500, 0, UsageRecordState.Void);
            books.Record(4, 6, 0, 600, 0, UsageRecordState.Pending);
        });

        RecordSums sums = await Queries.AddUpAsync(new RecordFilter(), Token);

        // billed 2 + assumed 3 units; on the way: unknown 1 × 100 + pending 6 × 100
        Assert.Equal(new RecordTotals("USD", BilledUnits: 5, BilledMinor: 200, AssumedMinor: 300, OnTheWayMinor: 700, NeedsPersonMinor: 400), Assert.Single(sums.Totals));
    }

    [Theory]
    [InlineData("acme", 2)]
    [InlineData("PLATFORM", 2)]
    [InlineData("usage_fee", 2)]
    [InlineData("usage%fee", 0)] // a sign of LIKE is only a sign
    [InlineData("usageXfee", 0)]
    [InlineData("  ", 2)]
    public async Task Searches_buyer_product_and_dimension_literally(string search, int found)
    {
        ReportBooks.Write(_database);

        Assert.Equal(found, (await Queries.ListAsync(new RecordFilter(Search: search), 0, 10, Token)).Count);
        Assert.Equal(found, (await Queries.AddUpAsync(new RecordFilter(Search: search), Token)).Count);
    }

    /// <summary>Records of few meters are taken by these; of many, each is looked at, and the sum is that of two parts.</summary>
    [Theory]
    [InlineData("usage_fee", 242)] // 240 by their dimension, one by its buyer, and one by both
    [InlineData("acme", 3)] // two by their buyer, one by its dimension
    [InlineData("0", 239)] // 238 by their buyers, one by its dimension
    [InlineData("Buyer 007", 1)]
    [InlineData("platform", 243)] // all, by their product
    [InlineData("nobody", 0)]
    public async Task A_search_lists_and_adds_up_the_same_records_be_they_of_few_meters_or_of_many(string search, int found)
    {
        ReportBooks.Write(_database, (books, _) =>
        {
            for (int buyer = 0; buyer < 238; buyer++)
            {
                books.RecordOf(books.Sell($"Buyer {buyer:000}0", "usage_fee"), hour: 3, quantity: 2);
            }

            books.RecordOf(books.Sell("Globex", "acme_0"), hour: 3, quantity: 5);
            books.RecordOf(books.Sell("usage_fee Ltd", "seats"), hour: 3, quantity: 7);
            books.RecordOf(books.Sell("usage_fee Inc", "usage_fee"), hour: 3, quantity: 11);
        });
        RecordFilter filter = new(Search: search);

        IReadOnlyList<RecordRow> rows = await Queries.ListAsync(filter, 0, 1_000, Token);
        RecordSums sums = await Queries.AddUpAsync(filter, Token);

        Assert.Equal((found, found), (rows.Count, sums.Count));
        Assert.Equal(rows.Sum(row => row.AmountMinor), sums.Totals.Sum(total => total.BilledMinor + total.OnTheWayMinor));
        Assert.Equal(rows.Count, rows.DistinctBy(row => row.Id).Count());
    }

    [Fact]
    public async Task Filters_by_state_and_time_and_totals_only_what_is_shown()
    {
        ReportBooks books = ReportBooks.Write(_database);

        RecordFilter unknown = new(State: UsageRecordState.Unknown);
        RecordFilter morning = new(From: ReportBooks.At(9), Until: ReportBooks.At(12));
        RecordFilter person = new(NeedsPerson: true);

        Assert.Equal(books.Unknown.Id, Assert.Single(await Queries.ListAsync(unknown, 0, 10, Token)).Id);
        RecordTotals totals = Assert.Single((await Queries.AddUpAsync(unknown, Token)).Totals);
        Assert.Equal((0m, 100m), (totals.BilledMinor, totals.OnTheWayMinor));
        Assert.Equal(books.Billed.Id, Assert.Single(await Queries.ListAsync(morning, 0, 10, Token)).Id); // until excludes its end
        Assert.Equal(1, (await Queries.AddUpAsync(morning, Token)).Count);
        Assert.Empty(await Queries.ListAsync(person, 0, 10, Token));
        Assert.Empty((await Queries.AddUpAsync(person, Token)).Totals);
    }

    [Fact]
    public async Task A_group_says_what_it_released_and_what_stays_as_money()
    {
        ReportBooks books = ReportBooks.Write(_database);

        GroupDetail third = Assert.IsType<GroupDetail>(await Queries.FindGroupAsync(books.ThirdGroup.Id, Token));
        GroupDetail first = Assert.IsType<GroupDetail>(await Queries.FindGroupAsync(books.FirstGroup.Id, Token));

        Assert.Equal((90m, 20m, 70m), (third.Group.ReleasedMinor, third.Group.OnRecordsMinor, third.Group.RemainingMinor));
        Assert.Equal(books.Unknown.Id, Assert.Single(third.Records).Id);
        Assert.Equal((250m, 250m, 0m), (first.Group.ReleasedMinor, first.Group.OnRecordsMinor, first.Group.RemainingMinor));
        Assert.Equal(2, first.Group.Records); // 200 on the record of 09, 50 on that of 12
        Assert.Equal("USD", first.Group.Currency);
    }

    [Theory]
    [InlineData(new UsageRecordState[0], UsageRecordGroupStatus.Created)]
    [InlineData(new[] { UsageRecordState.Void }, UsageRecordGroupStatus.Created)]
    [InlineData(new[] { UsageRecordState.Accepted, UsageRecordState.Void }, UsageRecordGroupStatus.Reported)]
    [InlineData(new[] { UsageRecordState.Accepted, UsageRecordState.Pending }, UsageRecordGroupStatus.ReportPending)]
    [InlineData(new[] { UsageRecordState.Pending, UsageRecordState.Blocked }, UsageRecordGroupStatus.ReportFailed)]
    [InlineData(new[] { UsageRecordState.Accepted, UsageRecordState.Unresolved }, UsageRecordGroupStatus.ReportFailed)]
    public async Task The_status_filter_in_the_database_agrees_with_the_rule(UsageRecordState[] states, UsageRecordGroupStatus expected)
    {
        UsageRecordGroup group = null!;
        ReportBooks.Write(_database, (books, db) =>
        {
            group = books.Group(3);
            books.First.GroupId = group.Id; // its two records become this group's
            books.Second.GroupId = null;
            books.Third.GroupId = null;
            db.RecordLinks.Local.ToList().ForEach(link => db.Remove(link));
            for (int index = 0; index < states.Length; index++)
            {
                books.Record(index, 1, 0, 100, 0, states[index], (books.First, 100));
            }
        });

        foreach (UsageRecordGroupStatus status in Enum.GetValues<UsageRecordGroupStatus>())
        {
            GroupList list = await Queries.ListGroupsAsync(new GroupFilter(Status: status), 0, 10, Token);
            Assert.Equal(status == expected, list.Rows.Any(row => row.Id == group.Id));
            Assert.All(list.Rows, row => Assert.Equal(status, row.Status));
        }
    }

    [Fact]
    public async Task Groups_are_listed_newest_first_and_found_by_buyer_and_time()
    {
        ReportBooks books = ReportBooks.Write(_database);

        GroupList all = await Queries.ListGroupsAsync(new GroupFilter(Search: "acme"), 0, 2, Token);
        GroupList early = await Queries.ListGroupsAsync(new GroupFilter(Until: ReportBooks.At(10)), 0, 10, Token);

        Assert.Equal(3, all.Total);
        Assert.Equal((books.ThirdGroup.Id, books.SecondGroup.Id), (all.Rows[0].Id, all.Rows[1].Id));
        Assert.Equal(books.FirstGroup.Id, Assert.Single(early.Rows).Id);
        Assert.Empty((await Queries.ListGroupsAsync(new GroupFilter(Search: "nobody"), 0, 10, Token)).Rows);
    }

    [Theory]
    [InlineData(UsageRecordState.Pending, false)]
    [InlineData(UsageRecordState.Sending, false)]
    [InlineData(UsageRecordState.Accepted, false)]
    [InlineData(UsageRecordState.Retry, false)]
    [InlineData(UsageRecordState.Unknown, false)]
    [InlineData(UsageRecordState.Void, false)]
    [InlineData(UsageRecordState.Blocked, true)]
    [InlineData(UsageRecordState.Conflict, true)]
    [InlineData(UsageRecordState.Unresolved, true)]
    public void Each_state_is_explained_with_what_to_do(UsageRecordState state, bool person)
    {
        RecordExplanation explanation = UsageRecordStateText.Explain(state, Marketplace.Aws, assumed: false, decided: false, "id-1", "AWS said no.");

        Assert.Equal(person, explanation.NeedsPerson);
        Assert.Equal(!person, explanation.Todo.Contains("Nothing to do.", StringComparison.Ordinal));
        Assert.Equal(
            state is not (UsageRecordState.Pending or UsageRecordState.Sending or UsageRecordState.Accepted),
            explanation.What.Contains("AWS said no.", StringComparison.Ordinal));
    }
}
