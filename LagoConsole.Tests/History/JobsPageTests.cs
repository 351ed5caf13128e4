using Bunit;
using LagoConsole.Components.History;
using LagoConsole.Core.History;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Reporting.Limits;
using LagoConsole.Tests.Scheduling;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Components;
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
        Assert.Contains("No run matches", page.WaitForElement("#no-runs").TextContent, StringComparison.Ordinal);
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
    public async Task A_run_shows_what_it_says_of_itself_and_then_by_itself_its_end()
    {
        SignIn(role: Role.Operator);
        _host.Probe.Work = async context =>
        {
            context.ReportProgress(40, new PollProgress(4, 10, 12, 1).Sentence);
            await _host.Probe.Finish.Task;
            throw new JobExecutionException("2 of 5 records were not accepted.");
        };
        IRenderedComponent<JobsPage> page = Show<JobsPage>();
        page.WaitForElement("#schedule");

        await PressAsync("Run now: Report usage");
        await WaitAsync(() => Refreshed(page).Contains("4 of 10 buyers · 12 increments · 1 failed", StringComparison.Ordinal), "the progress");
        Assert.Equal("40", page.Find("#job-report [role=progressbar]").GetAttribute("aria-valuenow"));

        _host.Probe.Finish.SetResult();
        await WaitAsync(() => Refreshed(page).Contains("2 of 5 records were not accepted.", StringComparison.Ordinal), "the end");
        Assert.Contains("run now", page.Find("#history tbody tr").TextContent, StringComparison.Ordinal);
        Assert.Contains("Failed", page.Find("#history tbody tr").TextContent, StringComparison.Ordinal);
        await WaitAsync(() => Refreshed(page).Contains("Report usage: 1 run, 1 failed", StringComparison.Ordinal), "its mark on the timeline");
    }

    [Fact]
    public async Task A_run_that_says_nothing_of_itself_shows_no_bar()
    {
        SignIn(role: Role.Operator);
        _host.Probe.Work = _ => _host.Probe.Finish.Task;
        IRenderedComponent<JobsPage> page = Show<JobsPage>();
        page.WaitForElement("#schedule");

        await PressAsync("Run now: Report usage");

        await WaitAsync(() => Refreshed(page).Contains("this job does not say how far it is", StringComparison.Ordinal), "the run");
        Assert.Empty(page.FindAll("#job-report [role=progressbar]"));
    }

    [Fact]
    public async Task A_run_that_failed_has_a_page_of_its_own_and_can_be_run_again()
    {
        SignIn(role: Role.Operator);
        _host.Probe.Work = _ => throw new JobExecutionException("2 of 5 records were not accepted.");
        await _host.Control.RunNowAsync(new Actor("ada", Role.Operator), ReportUsageJob.Key, Cancellation);
        JobRun run = Assert.Single(await _host.RunsAsync(1));
        IRenderedComponent<JobsPage> page = Show<JobsPage>();
        page.WaitForElement("#history");
        Assert.Equal(RunPath.Of(run), page.Find("#history tbody a").GetAttribute("href"));

        await page.FindAll("#history tbody button").Single(button => button.TextContent.Contains("Run again", StringComparison.Ordinal)).ClickAsync();
        await _host.RunsAsync(2);

        IRenderedComponent<RunPage> one = Show<RunPage>(parameters => parameters.Add(shown => shown.Id, run.Id));
        Assert.Contains("2 of 5 records were not accepted.", one.Find("#run-error").TextContent, StringComparison.Ordinal);
        Assert.Contains(run.Id, one.Find(".copy-text").TextContent, StringComparison.Ordinal);
        await PressAsync("Run again");
        await _host.RunsAsync(3);
    }

    [Fact]
    public void A_run_that_is_not_kept_is_said_to_be_so()
    {
        SignIn(role: Role.Viewer);

        Assert.Contains("no longer kept", Show<RunPage>(parameters => parameters.Add(shown => shown.Id, "gone")).Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 25, "100 runs")]
    [InlineData("?page=4", 25, "100 runs")]
    [InlineData("?page=99", 25, "100 runs")] // the last one there is
    [InlineData("?job=lago-poll", 25, "50 runs")]
    [InlineData("?integration=66666666-7777-8888-9999-000000000000", 25, null)]
    [InlineData("?result=Failed", 1, null)]
    [InlineData("?job=system.report&result=failed", 0, null)]
    public async Task The_address_says_which_runs_are_shown(string query, int rows, string? total)
    {
        SignIn(role: Role.Viewer);
        await QuartzRuns.InsertAsync(QuartzFile, 100, TimeProvider.System.GetUtcNow(), Guid.NewGuid(), new Guid("66666666-7777-8888-9999-000000000000"), Cancellation);
        Navigation.NavigateTo($"/jobs{query}");

        IRenderedComponent<JobsPage> page = Show<JobsPage>();

        page.WaitForElement("#history, #no-runs");
        Assert.Equal(rows, page.FindAll("#history tbody tr").Count);
        Assert.Equal(total, page.FindAll("#runs-total").SingleOrDefault()?.TextContent);
    }

    [Fact]
    public async Task Turning_a_page_is_an_address_of_its_own_and_back_leads_to_the_one_before()
    {
        SignIn(role: Role.Viewer);
        await QuartzRuns.InsertAsync(QuartzFile, 60, TimeProvider.System.GetUtcNow(), Guid.NewGuid(), Guid.NewGuid(), Cancellation);
        Navigation.NavigateTo("/jobs?job=system.report");
        IRenderedComponent<JobsPage> page = Show<JobsPage>();
        page.WaitForElement("#history");
        Assert.Contains("run 2", page.Find("#history tbody tr").TextContent, StringComparison.Ordinal);

        await page.FindAll("[aria-label='Pages of the history'] button").Single(button => button.TextContent.Trim() == "2").ClickAsync();

        Assert.EndsWith("/jobs?job=system.report&page=2", Navigation.Uri, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Equal(5, page.FindAll("#history tbody tr").Count));
        Navigation.NavigateTo("/jobs?job=system.report");
        page.WaitForAssertion(() => Assert.Equal(25, page.FindAll("#history tbody tr").Count));
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

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    private string QuartzFile => Path.Combine(Path.GetDirectoryName(_database.File)!, "quartz.db");

    private string Refreshed(IRenderedComponent<JobsPage> page)
    {
        _pageClock.Advance(TimeSpan.FromSeconds(3));
        return page.Markup;
    }
}
