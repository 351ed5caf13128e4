using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using LagoConsole.Tests.Reporting;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.HighWater;

public sealed class UsageQueriesTests : IDisposable
{
    private readonly TestDatabase _database = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private UsageQueries Queries => new(_database, new LagoConsole.Core.Reporting.AllocationStore(_database, TimeProvider.System));

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task Lists_each_key_with_its_mark_and_its_money_that_is_on_no_record()
    {
        ReportBooks books = ReportBooks.Write(_database);

        UsageKeyList list = await Queries.ListAsync(new UsageFilter(), 0, 10, Token);

        Assert.Equal(2, list.Total);
        Assert.Equal((books.Storage.Id, 40m, 0m), (list.Rows[0].MarkId, list.Rows[0].WaitingMinor, list.Rows[0].OpenMinor)); // what waits comes first
        Assert.Equal((books.Calls.Id, 0m, 70m), (list.Rows[1].MarkId, list.Rows[1].WaitingMinor, list.Rows[1].OpenMinor));
        Assert.Equal((420L, 420L, 50L), (list.Rows[1].LastTotalMinor, list.Rows[1].MarkMinor, list.Rows[1].BaselineMinor));
    }

    [Fact]
    public async Task After_what_waits_keys_stand_by_buyer_and_of_each_the_newest_period_first()
    {
        ReportBooks books = ReportBooks.Write(_database, (books, _) =>
        {
            books.Key("Umbrella", "sub-u", "api_calls");
            books.Key("Globex", "sub-g", "storage", month: 7);
            books.Key("Globex", "sub-g", "seats", month: 8);
            books.Key("Globex", "sub-g", "api_calls", month: 7);
        });

        UsageKeyList all = await Queries.ListAsync(new UsageFilter(), 0, 10, Token);
        UsageKeyList second = await Queries.ListAsync(new UsageFilter(), 2, 2, Token);
        UsageKeyList across = await Queries.ListAsync(new UsageFilter(), 0, 2, Token);

        Assert.Equal(books.Storage.Id, all.Rows[0].MarkId);
        Assert.Equal(
            ["Acme Corp storage", "Acme Corp api_calls", "Globex seats", "Globex api_calls", "Globex storage", "Umbrella api_calls"],
            all.Rows.Select(row => $"{row.BuyerName} {row.MetricCode}"));
        Assert.Equal(["Globex seats", "Globex api_calls"], second.Rows.Select(row => $"{row.BuyerName} {row.MetricCode}"));
        Assert.Equal(["Acme Corp storage", "Acme Corp api_calls"], across.Rows.Select(row => $"{row.BuyerName} {row.MetricCode}"));
        Assert.Equal((6, 6, 6), (all.Total, second.Total, across.Total));
    }

    /// <summary>Keys are read of some buyers after others, and two buyers may have one name.</summary>
    [Fact]
    public async Task Turning_the_pages_shows_each_key_once_in_one_order()
    {
        ReportBooks.Write(_database, (books, _) =>
        {
            for (int buyer = 0; buyer < 80; buyer++)
            {
                books.Key($"Buyer {buyer / 2:00}", $"sub-{buyer}", "api_calls", isNew: true);
                books.Key($"Buyer {buyer / 2:00}", $"sub-{buyer}-july", "api_calls", month: 7);
            }
        });

        List<Guid> turned = [];
        for (int page = 0; page < 17; page++)
        {
            turned.AddRange((await Queries.ListAsync(new UsageFilter(), 10 * page, 10, Token)).Rows.Select(row => row.MarkId));
        }

        UsageKeyList all = await Queries.ListAsync(new UsageFilter(), 0, 1_000, Token);
        Assert.Equal(162, all.Total); // and two of Acme
        Assert.Equal(all.Rows.Select(row => row.MarkId), turned);
        Assert.Equal(162, turned.Distinct().Count());
    }

    /// <summary>Few are taken by their ids, of many each is looked at.</summary>
    [Theory]
    [InlineData("api_calls", 1_101)] // by their metric
    [InlineData("sub-9", 1_101)] // by their subscription
    [InlineData("buyer", 1_101)]
    [InlineData("Buyer 0907", 1)]
    [InlineData("acme", 3)] // two by their buyer, one by its subscription
    [InlineData("nobody", 0)]
    public async Task A_search_finds_the_same_keys_be_they_few_or_many(string search, int found)
    {
        ReportBooks.Write(_database, (books, _) =>
        {
            for (int buyer = 0; buyer < 1_100; buyer++)
            {
                books.Key($"Buyer {buyer:0000}", $"sub-9-{buyer:0000}", "api_calls");
            }

            books.Key("Buyer x", "sub-9-acme", "seats");
        });

        UsageKeyList first = await Queries.ListAsync(new UsageFilter(search), 0, 40, Token);
        UsageKeyList all = await Queries.ListAsync(new UsageFilter(search), 0, 2_000, Token);

        Assert.Equal((found, found, found), (first.Total, all.Total, all.Rows.Count));
        Assert.Equal(first.Rows, all.Rows.Take(40));
        Assert.Equal(found, all.Rows.DistinctBy(row => row.MarkId).Count());
        Assert.All(all.Rows, row => Assert.Contains(search, $"{row.BuyerName}\n{row.SubscriptionExternalId}\n{row.MetricCode}", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>What is listed by an index must not differ from what the amounts say.</summary>
    [Theory]
    [InlineData(40, 40, 0, false)]
    [InlineData(39, 40, 0, true)]
    [InlineData(45, 40, 5, false)]
    [InlineData(44, 40, 5, true)]
    public async Task A_key_is_stored_as_below_exactly_while_its_total_is_below_what_it_grows_above(long last, long amount, long refused, bool below)
    {
        ReportBooks books = ReportBooks.Write(_database);
        await using (LagoConsoleDbContext db = _database.CreateDbContext())
        {
            HighWaterMark mark = await db.HighWaterMarks.SingleAsync(row => row.Id == books.Calls.Id, Token);
            (mark.LastTotalMinor, mark.AmountMinor, mark.RefusedMinor) = (last, amount, refused);
            await db.SaveChangesAsync(Token);
        }

        await using LagoConsoleDbContext read = _database.CreateDbContext();
        Assert.Equal(below, await read.Database.SqlQuery<bool>($"SELECT IsBelowMark AS Value FROM HighWaterMarks WHERE Id = {books.Calls.Id}").SingleAsync(Token));
    }

    [Fact]
    public async Task A_total_below_its_mark_is_suspended_by_what_is_missing()
    {
        ReportBooks books = ReportBooks.Write(_database);

        UsageKeyRow suspended = Assert.Single((await Queries.ListAsync(new UsageFilter(View: UsageView.Suspended), 0, 10, Token)).Rows);

        Assert.Equal((books.Storage.Id, true, 15L), (suspended.MarkId, suspended.IsSuspended, suspended.MissingMinor)); // 40 − 25
    }

    [Theory]
    [InlineData("acme", UsageView.All, 2)]
    [InlineData("SUB-ACME", UsageView.All, 2)]
    [InlineData("api_calls", UsageView.All, 1)]
    [InlineData("apiXcalls", UsageView.All, 0)]
    [InlineData(null, UsageView.Waiting, 1)]
    [InlineData("api_calls", UsageView.Waiting, 0)]
    public async Task Filters_by_text_and_view(string? search, UsageView view, int found)
    {
        ReportBooks.Write(_database);

        Assert.Equal(found, (await Queries.ListAsync(new UsageFilter(search, view), 0, 10, Token)).Total);
    }

    [Fact]
    public async Task A_history_shows_each_total_with_the_mark_as_it_then_stood()
    {
        ReportBooks books = ReportBooks.Write(_database);

        UsageHistory history = Assert.IsType<UsageHistory>(await Queries.FindAsync(books.Calls.Id, 0, 10, Token));

        Assert.Equal(4, history.Total);
        Assert.Collection(
            history.Moments, // newest first
            moment => Assert.Equal((420L, 420L, 90L), (moment.TotalMinor, moment.MarkMinor, moment.Increment?.AmountMinor)),
            moment => Assert.Equal((310L, 330L, (long?)null, true), (moment.TotalMinor, moment.MarkMinor, moment.Increment?.AmountMinor, moment.IsBelowMark)),
            moment => Assert.Equal((330L, 330L, 30L), (moment.TotalMinor, moment.MarkMinor, moment.Increment?.AmountMinor)),
            moment => Assert.Equal((300L, 300L, 250L), (moment.TotalMinor, moment.MarkMinor, moment.Increment?.AmountMinor)));
    }

    [Fact]
    public async Task The_parts_of_each_increment_add_up_to_its_growth()
    {
        ReportBooks books = ReportBooks.Write(_database);

        UsageHistory history = Assert.IsType<UsageHistory>(await Queries.FindAsync(books.Calls.Id, 0, 10, Token));

        IncrementFate third = history.Moments[0].Increment!;
        Assert.Equal((books.Unknown.Id, 20m, UsageRecordState.Unknown), (third.Records[0].RecordId, third.Records[0].AmountMinor, third.Records[0].State));
        Assert.Equal((70m, true, true), (third.OpenMinor, third.OnMeter, third.Released));
        Assert.All(
            history.Moments.Select(moment => moment.Increment).OfType<IncrementFate>(),
            fate => Assert.Equal(fate.AmountMinor, fate.Records.Sum(part => part.AmountMinor) + fate.OpenMinor + fate.WaivedMinor));
    }

    [Fact]
    public async Task Waiting_growth_says_why_and_since_when()
    {
        ReportBooks books = ReportBooks.Write(_database);

        UsageHistory history = Assert.IsType<UsageHistory>(await Queries.FindAsync(books.Storage.Id, 0, 10, Token));

        IncrementFate waiting = history.Moments[1].Increment!;
        Assert.Equal((WaitReason.NoConversion, ReportBooks.At(10, 5), false), (waiting.WaitReason, waiting.WaitingSince, waiting.OnMeter));
        Assert.Null(history.Moments[0].Increment);
    }

    [Fact]
    public async Task Growth_outlives_the_snapshots_that_were_deleted_with_their_integration()
    {
        ReportBooks books = ReportBooks.Write(_database, (_, db) => db.UsageSnapshots.Local.ToList().ForEach(snapshot => db.Remove(snapshot)));

        UsageHistory history = Assert.IsType<UsageHistory>(await Queries.FindAsync(books.Calls.Id, 0, 10, Token));

        Assert.Equal(3, history.Total);
        Assert.All(history.Moments, moment => Assert.Null(moment.TotalMinor));
        Assert.Equal((420L, 90L), (history.Moments[0].MarkMinor, history.Moments[0].Increment!.AmountMinor));
    }

    [Fact]
    public async Task Growth_of_a_look_that_showed_nothing_new_stands_beside_the_last_total()
    {
        // Saved with the Lago Customer ID at 13:05, counted by the poll of 14:05, which showed the same.
        ReportBooks books = ReportBooks.Write(_database, (books, _) => books.GrowthAt(14, from: 420, to: 450));

        UsageHistory history = Assert.IsType<UsageHistory>(await Queries.FindAsync(books.Calls.Id, 0, 10, Token));

        Assert.Equal((420L, 30L), (history.Moments[0].TotalMinor, history.Moments[0].Increment?.AmountMinor));
    }

    [Fact]
    public async Task A_history_is_paged()
    {
        ReportBooks books = ReportBooks.Write(_database);

        UsageHistory page = Assert.IsType<UsageHistory>(await Queries.FindAsync(books.Calls.Id, 3, 3, Token));

        Assert.Equal((4, 300L), (page.Total, Assert.Single(page.Moments).TotalMinor));
    }

    [Theory]
    [InlineData(9, 50)]
    [InlineData(10, 300)]
    [InlineData(12, 330)]
    [InlineData(23, 420)]
    public void The_mark_at_an_instant_is_the_highest_total_seen_by_then(int hour, long expected)
    {
        ReportBooks books = ReportBooks.Write(_database);

        Assert.Equal(expected, UsageQueries.MarkAt(50, [books.First, books.Second, books.Third], ReportBooks.At(hour, 59)));
    }

    [Fact]
    public void Every_reason_to_wait_has_a_sentence() =>
        Assert.All(Enum.GetValues<WaitReason>(), reason => Assert.EndsWith(".", reason.Sentence(), StringComparison.Ordinal));
}
