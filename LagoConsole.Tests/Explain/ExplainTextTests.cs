using LagoConsole.Core.Explain;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Tests.Reporting;
using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.Explain;

public sealed class ExplainTextTests
{
    private static readonly UsageKeyRow _key = new(
        Guid.NewGuid(), Guid.NewGuid(), "Acme Corp", "sub-acme", ReportBooks.At(0), ReportBooks.At(23), BillingPeriodState.Open, "api_calls", "USD",
        420, ReportBooks.At(13, 5), 420, 50, ReportAtCloseOnly: false, 0, 0);

    [Fact]
    public async Task The_sum_of_a_record_is_one_line()
    {
        using TestDatabase database = new();
        ReportBooks books = ReportBooks.Write(database);
        RecordStory story = (await ExplainQueriesTests.Over(database).FindRecordAsync(books.Unknown.Id, TestContext.Current.CancellationToken))!;

        Assert.Equal(
            "0.50 USD left over from earlier records + 1.20 USD released since = 1.70 USD open; ÷ 1.00 USD a unit = 1 whole units; "
            + "1 × 1.00 USD = 1.00 USD on this record, 0.70 USD left over for the next.",
            ExplainText.Sum(story.Record));
        Assert.StartsWith(
            "AWS Marketplace was told 1 × usage_fee for the hour from 2026-08-20 12:00 UTC: 1.00 USD. It may have been billed or not.",
            ExplainText.Reported(story.Record), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SnapshotSource.Poll, 420L, "Lago showed 4.20 USD; the mark rose from 3.30 USD to 4.20 USD: 0.90 USD of growth.")]
    [InlineData(SnapshotSource.Close, 420L, "Lago's final total was 4.20 USD; the mark rose from 3.30 USD to 4.20 USD: 0.90 USD of growth.")]
    [InlineData(SnapshotSource.Link, 420L, "When the Lago Customer ID was saved, Lago showed 4.20 USD; the mark rose from 3.30 USD to 4.20 USD: 0.90 USD of growth.")]
    [InlineData(SnapshotSource.Decision, null, "A person decided over held growth; the mark rose from 3.30 USD to 4.20 USD: 0.90 USD of growth.")]
    [InlineData(SnapshotSource.Poll, null, "Lago's total was deleted with its integration; the mark rose from 3.30 USD to 4.20 USD: 0.90 USD of growth.")]
    public void Growth_says_where_it_was_seen(SnapshotSource source, long? total, string expected) => Assert.Equal(
        expected,
        ExplainText.Growth(new ExplainedGrowth(Guid.NewGuid(), ReportBooks.At(13, 5), source, total, 330, 420, 90, 0, 0, 90, OnMeter: true, null, []), _key));

    [Fact]
    public void A_key_that_only_began_counted_nothing() =>
        Assert.Equal("Nothing was counted of it here.", ExplainText.Balance(new ExplainedKey(_key, null, null, null, [])));
}
