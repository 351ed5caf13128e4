using Bunit;
using LagoConsole.Components.Usage;
using LagoConsole.Core.HighWater;
using LagoConsole.Tests.Reporting;
using LagoConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Usage;

public sealed class UsagePagesTests : MudContext
{
    private readonly TestDatabase _database = new();

    public UsagePagesTests() => Services.AddSingleton(new UsageQueries(_database, new LagoConsole.Core.Reporting.AllocationStore(_database, TimeProvider.System)));

    [Fact]
    public async Task Each_key_shows_its_total_its_mark_and_what_waits()
    {
        ReportBooks books = ReportBooks.Write(_database);

        IRenderedComponent<UsagePage> page = Show<UsagePage>();
        await WaitAsync(() => page.Markup.Contains("api_calls", StringComparison.Ordinal), "the keys");

        Assert.Equal("0.25 USD | 0.40 USD suspended: resumes above 0.40 USD, 0.15 USD missing | 0.00 USD | 0.40 USD | –", Money(page, row: 0));
        Assert.Equal("4.20 USD | 4.20 USD | 0.50 USD | – | 0.70 USD", Money(page, row: 1));
        Assert.Contains(page.FindAll("#usage-table a"), link => link.GetAttribute("href") == $"/usage/{books.Calls.Id}");
    }

    [Fact]
    public async Task Without_usage_the_page_says_where_it_comes_from()
    {
        IRenderedComponent<UsagePage> page = Show<UsagePage>();

        await WaitAsync(() => page.Markup.Contains("No usage yet.", StringComparison.Ordinal), "the empty list");
    }

    [Fact]
    public async Task A_history_leads_from_each_growth_to_its_records()
    {
        ReportBooks books = ReportBooks.Write(_database);

        IRenderedComponent<UsageKeyPage> page = Show<UsageKeyPage>(parameters => parameters.Add(shown => shown.Id, books.Calls.Id));
        await WaitAsync(() => page.FindAll("#usage-history tbody tr").Count == 4, "the history");

        string newest = Row(page, 0);
        Assert.Contains("+0.90 USD", newest, StringComparison.Ordinal);
        Assert.Contains("0.20 USD on the record of 2026-08-20 12:00 UTC UNKNOWN", newest, StringComparison.Ordinal);
        Assert.Contains("0.70 USD on its meter. An earlier record of this dimension has no answer yet.", newest, StringComparison.Ordinal);
        Assert.Contains("below the mark: nothing new", Row(page, 1), StringComparison.Ordinal);
        Assert.Contains(page.FindAll("#usage-history a"), link => link.GetAttribute("href") == $"/records/{books.Billed.Id}");
    }

    [Fact]
    public async Task Waiting_growth_says_why_and_what_to_do()
    {
        ReportBooks books = ReportBooks.Write(_database);

        IRenderedComponent<UsageKeyPage> page = Show<UsageKeyPage>(parameters => parameters.Add(shown => shown.Id, books.Storage.Id));
        await WaitAsync(() => page.FindAll("#usage-history tbody tr").Count == 2, "the history");

        Assert.Contains("0.40 USD waits. No conversion", Row(page, 1), StringComparison.Ordinal);
        Assert.Contains("Add the conversion under Products. Since 2026-08-20 10:05 UTC", Row(page, 1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_of_nothing_is_said_to_be_one()
    {
        IRenderedComponent<UsageKeyPage> page = Show<UsageKeyPage>(parameters => parameters.Add(shown => shown.Id, Guid.NewGuid()));

        await WaitAsync(() => page.Markup.Contains("There is no usage of this id.", StringComparison.Ordinal), "the answer");
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        _database.Dispose();
    }

    private static string Money(IRenderedComponent<UsagePage> page, int row) => string.Join(
        " | ", page.FindAll("#usage-table tbody tr")[row].QuerySelectorAll("td.money").Select(cell => Words(cell.TextContent)));

    private static string Row(IRenderedComponent<UsageKeyPage> page, int row) => Words(page.FindAll("#usage-history tbody tr")[row].TextContent);

    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
