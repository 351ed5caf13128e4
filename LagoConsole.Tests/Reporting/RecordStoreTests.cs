using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Limits;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LagoConsole.Tests.Reporting;

public sealed class RecordStoreTests : IDisposable
{
    private const string American = "aws|us-east-1|11111111111111111111111111111111|licence";
    private const string European = "aws|eu-west-1|22222222222222222222222222222222|licence";

    private static readonly MarketplaceLane _america = new(Marketplace.Aws, "us-east-1");
    private static readonly MarketplaceLane _europe = new(Marketplace.Aws, "eu-west-1");

    private readonly TestDatabase _database = new();
    private readonly FakeTimeProvider _clock = new(ReportBooks.At(14));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private RecordStore Store => new(_database, Options.Create(new ReportingOptions()), _clock);

    public void Dispose() => _database.Dispose();

    /// <summary>The batch whose key comes first is not the one whose time is shortest.</summary>
    [Theory]
    [InlineData(3, 9, American)]
    [InlineData(9, 3, European)]
    public async Task The_most_urgent_record_goes_first_whatever_its_batch(int american, int european, string first)
    {
        await WriteAsync(american, european);

        LeasedBatch batch = Assert.IsType<LeasedBatch>(await Store.LeaseDueAsync(25, "node", Stop));
        LeasedBatch next = Assert.IsType<LeasedBatch>(await Store.LeaseDueAsync(25, "node", Stop));

        Assert.Equal((first, first == American ? European : American), (batch.BatchKey, next.BatchKey));
        Assert.Equal((1, 1), (batch.Records.Count, next.Records.Count));
        Assert.Null(await Store.LeaseDueAsync(25, "node", Stop));
    }

    [Fact]
    public async Task What_goes_where_no_call_may_begin_waits_and_does_not_hold_up_the_others()
    {
        await WriteAsync(american: 3, european: 9);

        Assert.Null(await Store.LeaseDueAsync(25, "node", Stop, [_america, _europe]));
        Assert.Equal(European, Assert.IsType<LeasedBatch>(await Store.LeaseDueAsync(25, "node", Stop, [_america])).BatchKey);
        Assert.Null(await Store.LeaseDueAsync(25, "node", Stop, [_america]));
        Assert.Equal(American, Assert.IsType<LeasedBatch>(await Store.LeaseDueAsync(25, "node", Stop)).BatchKey);
    }

    [Fact]
    public async Task What_is_to_be_sent_later_is_passed_over_even_if_it_is_more_urgent()
    {
        await WriteAsync(american: 3, european: 9, americanAt: ReportBooks.At(14, 30));

        Assert.Equal(European, Assert.IsType<LeasedBatch>(await Store.LeaseDueAsync(25, "node", Stop)).BatchKey);
        Assert.Null(await Store.LeaseDueAsync(25, "node", Stop));

        _clock.SetUtcNow(ReportBooks.At(14, 30));
        Assert.Equal(American, Assert.IsType<LeasedBatch>(await Store.LeaseDueAsync(25, "node", Stop)).BatchKey);
    }

    /// <summary>One record of each region, with so many hours left.</summary>
    private async Task WriteAsync(int american, int european, DateTimeOffset? americanAt = null)
    {
        ReportBooks.Write(_database, (books, _) =>
        {
            Due(books.Record(6, 1, 0, 100, 0, UsageRecordState.Pending), american).NextAttemptAt = americanAt ?? _clock.GetUtcNow();
            Due(books.RecordOf(books.Sell("Globex", "seats"), 6, 1), european).State = UsageRecordState.Pending;
        });
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        await db.UsageRecords.Where(record => record.State == UsageRecordState.Unknown)
            .ExecuteUpdateAsync(set => set.SetProperty(record => record.State, UsageRecordState.Accepted), Stop);
        await db.UsageRecords.Where(record => record.DimensionKey == "seats").ExecuteUpdateAsync(set => set.SetProperty(record => record.BatchKey, European), Stop);
    }

    private UsageRecord Due(UsageRecord record, int hours)
    {
        record.Deadline = _clock.GetUtcNow().AddHours(hours);
        record.NextAttemptAt = _clock.GetUtcNow();
        return record;
    }
}
