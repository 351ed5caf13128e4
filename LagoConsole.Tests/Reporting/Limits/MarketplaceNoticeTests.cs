using Bunit;
using LagoConsole.Components.Reports;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Limits;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LagoConsole.Tests.Reporting.Limits;

public sealed class MarketplaceNoticeTests : MudContext
{
    private static readonly DateTimeOffset Begin = new(2026, 8, 20, 13, 5, 0, TimeSpan.Zero);

    private readonly TestDatabase _database = new();
    private readonly FakeTimeProvider _clock = new(Begin);
    private readonly MarketplaceLimits _limits;

    public MarketplaceNoticeTests()
    {
        _limits = LimitsStage.Limits(_clock);
        ReportBooks.Write(_database);
        Services.AddSingleton<TimeProvider>(_clock);
        Services.AddSingleton(new MarketplaceHealth(_limits, _database, _clock));
    }

    [Fact]
    public void While_all_is_well_nothing_is_shown() => Assert.Empty(Show<MarketplaceNotice>().FindAll(".marketplace-notice"));

    [Fact]
    public async Task A_marketplace_that_does_not_answer_is_named_with_what_waits_and_when_it_goes_on()
    {
        await CallAsync(LimitsStage.Failed, times: 3);
        IRenderedComponent<MarketplaceNotice> notice = Show<MarketplaceNotice>();
        notice.WaitForElement(".marketplace-notice");

        DateTimeOffset next = Assert.Single(_limits.Lanes).Circuit.RestsUntil!.Value;
        string text = Text(notice);
        Assert.Contains("AWS Marketplace (us-east-1) does not answer since 2026-08-20 13:05 UTC: 1 record (1.00 USD) waits and goes by itself.", text, StringComparison.Ordinal);
        Assert.Contains($"by itself. Next try: {next.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.", text, StringComparison.Ordinal);
        Assert.Contains("Nothing is lost before 2026-08-21 12:00 UTC, the first deadline", text, StringComparison.Ordinal);
        Assert.Contains("Last failure: AWS answered 503", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_notice_goes_by_itself_once_the_marketplace_answers()
    {
        await CallAsync(LimitsStage.Failed, times: 3);
        IRenderedComponent<MarketplaceNotice> notice = Show<MarketplaceNotice>();
        notice.WaitForElement(".marketplace-notice");

        await CallAsync(LimitsStage.Answered);
        _clock.Advance(TimeSpan.FromSeconds(5));

        await WaitAsync(() => notice.FindAll(".marketplace-notice").Count == 0, "the notice to go");
    }

    [Fact]
    public async Task A_record_that_Google_has_not_taken_an_hour_after_its_hour_is_said()
    {
        await using (LagoConsoleDbContext db = _database.CreateDbContext())
        {
            await db.UsageRecords.Where(record => record.State == UsageRecordState.Unknown) // of the hour of 12:00
                .ExecuteUpdateAsync(set => set.SetProperty(record => record.BatchKey, "gcp|11111111111111111111111111111111|service"), Xunit.TestContext.Current.CancellationToken);
        }

        _clock.SetUtcNow(new DateTimeOffset(2026, 8, 20, 14, 0, 0, TimeSpan.Zero)); // in time to the minute
        IRenderedComponent<MarketplaceNotice> notice = Show<MarketplaceNotice>();
        Assert.Empty(notice.FindAll(".marketplace-notice"));

        _clock.Advance(TimeSpan.FromSeconds(5));
        notice.WaitForElement(".marketplace-notice");
        Assert.Contains(
            "Google Cloud Marketplace has not taken usage in time: it asked for the first by 2026-08-20 14:00 UTC, and at a month's end puts what comes later on the next invoice. 1 record (1.00 USD) waits and goes by itself.",
            Text(notice), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Throttling_is_said_for_ten_minutes()
    {
        await CallAsync(LimitsStage.Throttled);
        IRenderedComponent<MarketplaceNotice> notice = Show<MarketplaceNotice>();
        notice.WaitForElement(".marketplace-notice");
        Assert.Contains("AWS Marketplace (us-east-1) limits how often it is called, last at 2026-08-20 13:05:00 UTC: calls go slower, 1 at once at most.", Text(notice), StringComparison.Ordinal);

        _clock.Advance(TimeSpan.FromMinutes(10));

        await WaitAsync(() => notice.FindAll(".marketplace-notice").Count == 0, "the notice to go");
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        _database.Dispose();
    }

    private static string Text(IRenderedComponent<MarketplaceNotice> notice) =>
        string.Join(' ', notice.Find(".marketplace-notice").TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private async Task CallAsync(MeteringAnswer answer, int times = 1)
    {
        for (int call = 0; call < times; call++)
        {
            await _limits.CallAsync(LimitsStage.Virginia, answer);
            _clock.Advance(TimeSpan.FromMilliseconds(125));
        }
    }
}
