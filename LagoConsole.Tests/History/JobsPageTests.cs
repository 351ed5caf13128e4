using Bunit;
using LagoConsole.Components.History;
using LagoConsole.Core.History;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Reporting.Limits;
using LagoConsole.Tests.Scheduling;
using LagoConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Quartz;
using Xunit;
using static LagoConsole.Tests.Scheduling.SchedulingHost;

namespace LagoConsole.Tests.History;

/// <summary>The page over a real scheduler; only the page's own clock is a test's.</summary>
public sealed class JobsPageTests : MudContext, IAsyncLifetime
{
    private readonly TestDatabase _database = new();
    private readonly FakeTimeProvider _pageClock = new();
    private SchedulingHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = new SchedulingHost(_database);
        await _host.UseProbeAsync(ReportUsageJob.Key);
        await _host.StartAsync();
        await IntegrationAsync(_database, name: "Acme Lago");
        await IntegrationAsync(_database, autoReport: false, name: "Silent Lago");
        await _host.Sync.SyncAsync(Cancellation);
        Services.AddSingleton(_host.History);
        Services.AddSingleton(_host.Control);
        Services.AddSingleton<TimeProvider>(_pageClock);
        Services.AddMarketplaces(_database, _pageClock);
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await _host.DisposeAsync();
        _database.Dispose();
    }

    [Fact]
    public void Each_job_shows_its_next_run_or_why_it_has_none()
    {
        SignIn(role: Role.Operator);
        IRenderedComponent<JobsPage> page = Show<JobsPage>();

        page.WaitForElement("#schedule");
        string[] rows = [.. page.FindAll("#schedule tbody tr").Select(row => row.TextContent)];
        Assert.Contains(rows, row => row.Contains("Report usage", StringComparison.Ordinal) && row.Contains("03:15 UTC", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.Contains("Poll Lago: Acme Lago", StringComparison.Ordinal) && row.Contains("03:05 UTC", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.Contains("Poll Lago: Silent Lago", StringComparison.Ordinal) && row.Contains("Enable Auto Report Usage is off.", StringComparison.Ordinal));
        Assert.Contains("No run matches", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_sees_and_does_not_touch()
    {
        SignIn(role: Role.Viewer);
        Show<JobsPage>().WaitForElement("#schedule");

        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(() => PressAsync("Pause: Report usage"));
        Assert.Contains("\"Pause\" (disabled)", refused.Message, StringComparison.Ordinal);
        Assert.Contains("needs the role Operator", Page!.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pause_asks_for_a_reason_shows_it_with_the_person_and_resume_takes_it_away()
    {
        SignIn("ada@vendor.example", Role.Operator);
        IRenderedComponent<JobsPage> page = Show<JobsPage>();
        page.WaitForElement("#schedule");

        await PressAsync("Pause: Report usage");
        await PressAsync("Pause");
        Assert.Contains("Say why", Dialogs.Markup, StringComparison.Ordinal);
        await TypeAsync("Reason", "AWS asked us to wait");
        await PressAsync("Pause");
        await HandledAsync();

        string row = page.Find("#job-report").TextContent;
        Assert.Contains("Paused", row, StringComparison.Ordinal);
        Assert.Contains("ada@vendor.example", row, StringComparison.Ordinal);
        Assert.Contains("AWS asked us to wait", row, StringComparison.Ordinal);

        await PressAsync("Resume: Report usage");
        Assert.DoesNotContain("AWS asked us to wait", page.Find("#job-report").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_shows_its_progress_and_then_by_itself_its_end_with_its_log()
    {
        SignIn(role: Role.Operator);
        _host.Probe.Work = async context =>
        {
            context.ReportProgress(40, "buyers 4/10");
            await _host.Probe.Finish.Task;
            throw new JobExecutionException("2 of 5 records were not accepted.");
        };
        IRenderedComponent<JobsPage> page = Show<JobsPage>();
        page.WaitForElement("#schedule");

        await PressAsync("Run now: Report usage");
        await WaitAsync(() => Refreshed(page).Contains("buyers 4/10", StringComparison.Ordinal), "the progress");

        _host.Probe.Finish.SetResult();
        await WaitAsync(() => Refreshed(page).Contains("2 of 5 records were not accepted.", StringComparison.Ordinal), "the end");
        Assert.Contains("run now", page.Find("#history tbody tr").TextContent, StringComparison.Ordinal);
        Assert.Contains("Failed", page.Find("#history tbody tr").TextContent, StringComparison.Ordinal);

        await page.Find("#history tbody tr button").ClickAsync();
        Assert.Contains("2 of 5 records were not accepted.", Dialogs.Find("#run-error").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaving_the_page_ends_its_refreshing()
    {
        SignIn(role: Role.Viewer);
        IRenderedComponent<JobsPage> page = Show<JobsPage>();
        page.WaitForElement("#schedule");

        await page.Instance.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System, Cancellation);
        int renders = page.RenderCount;
        _pageClock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(renders, page.RenderCount);
    }

    private string Refreshed(IRenderedComponent<JobsPage> page)
    {
        _pageClock.Advance(TimeSpan.FromSeconds(3));
        return page.Markup;
    }
}
