using LagoConsole.Core.Explain;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Tests.Reporting;
using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.Explain;

/// <summary>Over <see cref="ReportBooks"/>, whose sums are in its own text.</summary>
public sealed class ExplainQueriesTests : IDisposable
{
    private readonly TestDatabase _database = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private ExplainQueries Queries => Over(_database);

    public void Dispose() => _database.Dispose();

    internal static ExplainQueries Over(TestDatabase database) =>
        new(database, new UsageQueries(database, new AllocationStore(database, TimeProvider.System)), new RecordQueries(database));

    [Fact]
    public async Task A_record_leads_to_its_increments_and_each_of_them_to_what_Lago_showed()
    {
        ReportBooks books = ReportBooks.Write(_database);

        RecordStory story = Assert.IsType<RecordStory>(await Queries.FindRecordAsync(books.Unknown.Id, Stop));

        ExplainedKey key = Assert.Single(story.Keys);
        Assert.True(story.Record.AddsUp && key.AddsUp);
        Assert.Equal(
            [(300L, 250L, 50m), (330L, 30L, 30m), (420L, 90L, 20m)], // what Lago showed, the growth, and how much of it is here
            key.Growth.Select(growth => (growth.TotalMinor!.Value, growth.AmountMinor, growth.Parts.Where(part => part.RecordId == books.Unknown.Id).Sum(part => part.AmountMinor))));
    }

    [Fact]
    public async Task A_key_leads_to_every_record_that_bills_it_and_both_sides_are_equal()
    {
        ReportBooks books = ReportBooks.Write(_database);

        ExplainedKey key = Assert.IsType<ExplainedKey>(await Queries.FindKeyAsync(books.Calls.Id, Stop));

        Assert.True(key.AddsUp);
        Assert.Equal((370L, 200m, 100m, 70m), (key.CountedMinor, key.BilledMinor, key.OnTheWayMinor, key.OnMeterMinor)); // 370 = 200 + 100 + 70
        Assert.Equal([(books.Billed.Id, 200m), (books.Unknown.Id, 100m)], key.Records.Select(record => (record.RecordId, record.AmountMinor)));
        Assert.Equal("3.70 USD counted = 2.00 USD billed + 1.00 USD on the way + 0.70 USD open on its meter.", ExplainText.Balance(key));
    }

    [Fact]
    public async Task Money_of_a_void_record_is_where_it_went_back_to()
    {
        ReportBooks books = ReportBooks.Write(_database, (books, _) =>
        {
            books.Unknown.State = UsageRecordState.Void;
            books.First.OpenMinor = 50;
            books.First.IsOpen = true;
            books.Second.OpenMinor = 30;
            books.Second.IsOpen = true;
            books.Third.OpenMinor = 90;
        });

        ExplainedKey key = Assert.IsType<ExplainedKey>(await Queries.FindKeyAsync(books.Calls.Id, Stop));

        Assert.True(key.AddsUp);
        Assert.Equal((200m, 0m, 170m), (key.BilledMinor, key.OnTheWayMinor, key.OnMeterMinor));
    }

    [Fact]
    public async Task Growth_of_a_look_that_showed_nothing_new_stands_beside_the_last_total()
    {
        ReportBooks books = ReportBooks.Write(_database, (books, _) =>
        {
            books.GrowthAt(14, from: 420, to: 450);
            books.Calls.AmountMinor = 450;
        });

        ExplainedKey key = Assert.IsType<ExplainedKey>(await Queries.FindKeyAsync(books.Calls.Id, Stop));

        Assert.True(key.AddsUp);
        Assert.Equal((420L, 30L), (key.Growth[^1].TotalMinor, key.Growth[^1].AmountMinor));
    }

    [Fact]
    public async Task A_damaged_sum_is_seen()
    {
        ReportBooks books = ReportBooks.Write(_database, (books, _) => books.Third.OpenMinor = 71);

        Assert.False((await Queries.FindKeyAsync(books.Calls.Id, Stop))!.AddsUp);
    }

    [Fact]
    public async Task A_key_that_waits_says_so_and_a_closed_period_names_its_invoice()
    {
        ReportBooks books = ReportBooks.Write(_database, (_, db) =>
        {
            BillingPeriod period = db.BillingPeriods.Local.Single();
            period.State = BillingPeriodState.Closed;
            period.FinalInvoiceLagoId = "invoice-1";
        });

        ExplainedKey key = Assert.IsType<ExplainedKey>(await Queries.FindKeyAsync(books.Storage.Id, Stop));

        Assert.Equal("0.40 USD counted = 0.40 USD waiting.", ExplainText.Balance(key));
        Assert.Equal(
            "Billing period 2026-08-01 to 2026-09-01 of subscription sub-acme: closed. Lago's final total is 0.25 USD, from its invoice invoice-1.",
            ExplainText.Period(key));
    }

    [Fact]
    public async Task Unknown_ids_are_nothing()
    {
        Assert.Null(await Queries.FindKeyAsync(Guid.NewGuid(), Stop));
        Assert.Null(await Queries.FindRecordAsync(Guid.NewGuid(), Stop));
    }
}
