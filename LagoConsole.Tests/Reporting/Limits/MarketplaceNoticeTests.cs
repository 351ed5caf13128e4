using Bunit;
using LagoConsole.Components.Reports;
using LagoConsole.Core.Reporting.Limits;
using LagoConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LagoConsole.Tests.Reporting.Limits;

public sealed class MarketplaceNoticeTests : MudContext
{
    private readonly TestDatabase _database = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 8, 20, 14, 5, 0, TimeSpan.Zero));
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
        Assert.Contains("AWS Marketplace (us-east-1) does not answer since 2026-08-20 14:05 UTC: 1 record (1.00 USD) waits and goes by itself.", text, StringComparison.Ordinal);
        Assert.Contains($"Next try: {next.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.", text, StringComparison.Ordinal);
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
    public async Task Throttling_is_said_for_ten_minutes()
    {
        await CallAsync(LimitsStage.Throttled);
        IRenderedComponent<MarketplaceNotice> notice = Show<MarketplaceNotice>();
        notice.WaitForElement(".marketplace-notice");
        Assert.Contains("AWS Marketplace (us-east-1) limits how often it is called, last at 2026-08-20 14:05:00 UTC: calls go slower, 1 at once at most.", Text(notice), StringComparison.Ordinal);

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

    private async Task CallAsync(Core.Reporting.MeteringAnswer answer, int times = 1)
    {
        for (int call = 0; call < times; call++)
        {
            await _limits.CallAsync(LimitsStage.Virginia, answer);
            _clock.Advance(TimeSpan.FromMilliseconds(125));
        }
    }
}
