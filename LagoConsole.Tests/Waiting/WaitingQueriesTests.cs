using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Money;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Waiting;
using LagoConsole.Tests.Reporting;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Xunit;

namespace LagoConsole.Tests.Waiting;

/// <summary>
/// The waiting money of <see cref="ReportBooks"/> (0.40 USD without a conversion, since 10:05) with more beside it. Globex has
/// 12 yen and 3.00 USD, Initech 0.50 USD in two parts, of which a quarter of a cent is on a record.
/// </summary>
public sealed class WaitingQueriesTests : IDisposable
{
    private static readonly DateTimeOffset End = new(2026, 8, 25, 10, 0, 0, TimeSpan.Zero);

    private readonly TestDatabase _database = new();
    private readonly Buyer _globex = new() { Id = Guid.NewGuid(), Name = "Globex", CreatedAt = ReportBooks.At(0) };
    private readonly Buyer _initech = new() { Id = Guid.NewGuid(), Name = "Initech", CreatedAt = ReportBooks.At(0) };
    private readonly ReportBooks _books;

    public WaitingQueriesTests() => _books = ReportBooks.Write(_database, (_, db) =>
    {
        db.AddRange(_globex, _initech);
        BillingPeriod globex = Period(_globex, "globex-1");
        BillingPeriod initech = Period(_initech, "initech-1");
        HighWaterMark yen = Mark(globex, "seats", "JPY");
        HighWaterMark dollars = Mark(globex, "api_calls", "USD");
        HighWaterMark parts = Mark(initech, "api_calls", "USD");
        db.AddRange(globex, initech, yen, dollars, parts);
        db.AddRange(
            Increment(_globex, yen, 0, 12, 12, WaitReason.ForeignCurrency, hour: 8),
            Increment(_globex, dollars, 0, 300, 300, WaitReason.SeveralEntitlements, hour: 11),
            Increment(_initech, parts, 0, 30, 29.75m, WaitReason.EntitlementEnded, hour: 9),
            Increment(_initech, parts, 30, 50, 20, WaitReason.EntitlementEnded, hour: 12));
    });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private WaitingQueries Queries => new(_database, Options.Create(new ReportingOptions()), new TestClock(ReportBooks.At(13)));

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task R6_Waiting_money_is_added_up_per_key_and_reason_the_largest_first()
    {
        WaitingList list = await Queries.ListAsync(new WaitingFilter(), 0, 10, Token);

        Assert.Equal(4, list.Total);
        Assert.Equal(
            [("Globex", "JPY", 12m, 1), ("Globex", "USD", 300m, 1), ("Initech", "USD", 49.75m, 2), ("Acme Corp", "USD", 40m, 1)],
            list.Rows.Select(row => (row.BuyerName, row.Currency, row.Minor, row.Count))); // twelve yen come before three dollars: nothing is exchanged
        Assert.Equal(ReportBooks.At(9, 5), list.Rows[2].Since); // the older of the two
        Assert.Equal(("initech-1", "api_calls", WaitReason.EntitlementEnded), (list.Rows[2].SubscriptionExternalId, list.Rows[2].MetricCode, list.Rows[2].Key.Reason));
    }

    [Fact]
    public async Task Totals_are_of_all_pages_per_currency_and_reason()
    {
        WaitingList list = await Queries.ListAsync(new WaitingFilter(WaitReason.NoConversion), 0, 1, Token);

        Assert.Equal(("Acme Corp", 1), (Assert.Single(list.Rows).BuyerName, list.Total));
        Assert.Equal(
            [
                new WaitingTotal("JPY", WaitReason.ForeignCurrency, 12, 1), new WaitingTotal("USD", WaitReason.SeveralEntitlements, 300, 1),
                new WaitingTotal("USD", WaitReason.EntitlementEnded, 49.75m, 1), new WaitingTotal("USD", WaitReason.NoConversion, 40, 1),
            ],
            list.Totals);
    }

    [Theory]
    [InlineData("glob", 2)]
    [InlineData("INITECH", 1)]
    [InlineData("%", 0)]
    public async Task Filters_by_a_part_of_the_buyers_name(string buyer, int rows) =>
        Assert.Equal(rows, (await Queries.ListAsync(new WaitingFilter(Buyer: buyer), 0, 10, Token)).Total);

    [Fact]
    public async Task Pages_are_cut_from_the_whole_order()
    {
        WaitingList second = await Queries.ListAsync(new WaitingFilter(), 2, 2, Token);

        Assert.Equal((4, "Initech", "Acme Corp"), (second.Total, second.Rows[0].BuyerName, second.Rows[1].BuyerName));
    }

    [Fact]
    public async Task R18_By_deadline_comes_first_what_can_be_billed_for_the_shortest_time()
    {
        await using (LagoConsoleDbContext db = _database.CreateDbContext())
        {
            Entitlement acme = await db.Entitlements.SingleAsync(Token);
            acme.EndsAt = End;
            await db.SaveChangesAsync(Token);
        }

        WaitingList list = await Queries.ListAsync(new WaitingFilter(Order: WaitingOrder.Deadline), 0, 10, Token);

        Assert.Equal(("Acme Corp", End.AddMinutes(30)), (list.Rows[0].BuyerName, list.Rows[0].Deadline)); // an hour after the end, less the margin
        Assert.Equal((null, "JPY"), (list.Rows[1].Deadline, list.Rows[1].Currency)); // the others as by money
    }

    [Fact]
    public async Task A_row_says_where_it_could_go_and_whether_its_customer_has_coupons()
    {
        await using (LagoConsoleDbContext db = _database.CreateDbContext())
        {
            Dimension dimension = new() { Id = Guid.NewGuid(), ProductId = (await db.Products.SingleAsync(Token)).Id, Key = "gigabytes", Name = "GB", Currency = "USD", CreatedAt = ReportBooks.At(0) };
            db.Add(dimension);
            db.Add(new Core.Conversion.DimensionConversion { Id = Guid.NewGuid(), ProductId = dimension.ProductId, MetricCode = "storage", DimensionId = dimension.Id });
            await db.SaveChangesAsync(Token);
        }

        WaitingRow row = Assert.Single((await Queries.ListAsync(new WaitingFilter(WaitReason.NoConversion), 0, 10, Token)).Rows);

        WaitingTarget target = Assert.Single(row.Targets);
        Assert.Equal(("Vendor Platform", "gigabytes", EntitlementState.Active), (target.ProductName, target.DimensionKey, target.State));
        Assert.Equal((target.ProductId, false), (row.ProductId, row.HasCoupons));
    }

    [Fact]
    public async Task The_stamp_changes_with_what_is_shown()
    {
        string before = (await RowAsync(WaitReason.EntitlementEnded)).Stamp;
        Assert.Equal(before, (await RowAsync(WaitReason.EntitlementEnded)).Stamp);

        await using (LagoConsoleDbContext db = _database.CreateDbContext())
        {
            HighWaterMark mark = await db.HighWaterMarks.SingleAsync(
                row => db.BillingPeriods.Any(period => period.Id == row.PeriodId && period.BuyerId == _initech.Id), Token);
            db.Add(Increment(_initech, mark, 50, 51, 1, WaitReason.EntitlementEnded, hour: 13));
            await db.SaveChangesAsync(Token);
        }

        Assert.NotEqual(before, (await RowAsync(WaitReason.EntitlementEnded)).Stamp);
    }

    [Fact]
    public async Task R4_Periods_that_wait_long_for_their_final_invoice_are_listed_with_what_closing_found()
    {
        await using (LagoConsoleDbContext db = _database.CreateDbContext())
        {
            BillingPeriod late = await db.BillingPeriods.SingleAsync(period => period.BuyerId == _globex.Id, Token);
            (late.State, late.PeriodEnd, late.CloseDetail) = (BillingPeriodState.Ended, ReportBooks.At(13).AddHours(-48), "Lago's invoice is still draft.");
            BillingPeriod recent = await db.BillingPeriods.SingleAsync(period => period.BuyerId == _initech.Id, Token);
            (recent.State, recent.PeriodEnd) = (BillingPeriodState.Ended, ReportBooks.At(13).AddHours(-47));
            await db.SaveChangesAsync(Token);
        }

        (IReadOnlyList<ClosingRow> rows, int count) = await Queries.ListClosingsAsync(buyer: null, 0, 10, Token);

        Assert.Equal(1, count);
        Assert.Equal(("Globex", "globex-1", "Lago's invoice is still draft."), (rows[0].BuyerName, rows[0].SubscriptionExternalId, rows[0].Detail));
        Assert.Equal(0, (await Queries.ListClosingsAsync("acme", 0, 10, Token)).Count);
        Assert.Equal(1, (await Queries.SummariseAsync(Token)).Closings);
    }

    [Fact]
    public async Task The_overview_adds_up_holds_and_records_that_need_a_person()
    {
        await using (LagoConsoleDbContext db = _database.CreateDbContext())
        {
            HighWaterMark mark = await db.HighWaterMarks.SingleAsync(row => row.Id == _books.Calls.Id, Token);
            (mark.Hold, mark.HeldMinor) = (HoldReason.Jump, 4_000);
            UsageRecord record = await db.UsageRecords.SingleAsync(row => row.Id == _books.Unknown.Id, Token);
            record.State = UsageRecordState.Blocked;
            await db.SaveChangesAsync(Token);
        }

        WaitingOverview overview = await Queries.SummariseAsync(Token);

        Assert.Equal([new HeldTotal("USD", HoldReason.Jump, 4_000, 1)], overview.Held);
        Assert.Equal([new CurrencyAmount("USD", 100)], overview.Records.Sums); // one unit at a dollar
        Assert.Equal((1, ReportBooks.At(12).AddHours(24)), (overview.Records.Count, overview.Records.Deadline));
        Assert.Equal((4, 0, false), (overview.Waiting, overview.Closings, overview.IsEmpty));
        Assert.Equal(4 + 1, await Queries.CountAsync(Token));
    }

    [Fact]
    public async Task Nothing_waits_in_an_empty_database()
    {
        using TestDatabase empty = new();
        WaitingQueries queries = new(empty, Options.Create(new ReportingOptions()), TimeProvider.System);

        Assert.True((await queries.SummariseAsync(Token)).IsEmpty);
        Assert.Equal(0, (await queries.ListAsync(new WaitingFilter(), 0, 10, Token)).Total);
    }

    private static BillingPeriod Period(Buyer buyer, string subscription) => new()
    {
        Id = Guid.NewGuid(),
        IntegrationId = Guid.NewGuid(),
        BuyerId = buyer.Id,
        SubscriptionLagoId = subscription,
        SubscriptionExternalId = subscription,
        LagoCustomerId = buyer.Name,
        PeriodStart = new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero),
        PeriodEnd = new DateTimeOffset(2026, 9, 1, 0, 0, 0, TimeSpan.Zero),
        Currency = "USD",
    };

    private static HighWaterMark Mark(BillingPeriod period, string metric, string currency) => new()
    {
        Id = Guid.NewGuid(),
        PeriodId = period.Id,
        MetricCode = metric,
        Currency = currency,
        BaselineMinor = 0,
        AmountMinor = 50,
        LastTotalMinor = 50,
        FirstSeenAt = ReportBooks.At(8),
        LastTotalAt = ReportBooks.At(12),
        LastCharges = [],
    };

    private static UsageIncrement Increment(Buyer buyer, HighWaterMark mark, long from, long to, decimal open, WaitReason reason, int hour) => new()
    {
        Id = Guid.NewGuid(),
        MarkId = mark.Id,
        IntegrationId = Guid.NewGuid(),
        BuyerId = buyer.Id,
        MetricCode = mark.MetricCode,
        Currency = mark.Currency,
        FromMinor = from,
        ToMinor = to,
        AmountMinor = to - from,
        SeenAt = ReportBooks.At(hour, 5),
        Source = SnapshotSource.Poll,
        OpenMinor = open,
        IsOpen = true,
        WaitReason = reason,
        WaitingSince = ReportBooks.At(hour, 5),
    };

    private async Task<WaitingRow> RowAsync(WaitReason reason) =>
        Assert.Single((await Queries.ListAsync(new WaitingFilter(reason), 0, 10, Token)).Rows);
}
