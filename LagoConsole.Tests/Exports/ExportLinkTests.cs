using Bunit;
using LagoConsole.Components.Reports;
using LagoConsole.Components.Shared;
using LagoConsole.Core.Reporting;
using LagoConsole.Tests.Reporting;
using LagoConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Exports;

public sealed class ExportLinkTests : MudContext
{
    private readonly TestDatabase _database = new();

    public ExportLinkTests() => Services.AddSingleton(new RecordQueries(_database));

    [Fact]
    public void Its_address_holds_the_filters_that_are_set_and_no_others()
    {
        IRenderedComponent<ExportLink> link = Show<ExportLink>(parameters => parameters
            .Add(shown => shown.Table, "buyers").Add(shown => shown.What, "these buyers")
            .Add(shown => shown.Filters, [("search", "Acme & Söhne?"), ("state", ""), ("from", null)]));

        Assert.Equal("/export/buyers?search=Acme%20%26%20S%C3%B6hne%3F", link.Find("a").GetAttribute("href"));
        Assert.Equal("CSV of these buyers", link.Find("a").GetAttribute("aria-label"));
        Assert.True(link.Find("a").HasAttribute("download")); // or the router of the pages would take the click
    }

    [Fact]
    public async Task It_follows_what_the_page_shows()
    {
        ReportBooks.Write(_database);
        IRenderedComponent<RecordsTable> page = Show<RecordsTable>();
        await WaitAsync(() => page.FindAll("#records-table tbody tr").Count > 0, "the records");
        Assert.Equal("/export/records", page.Find("a.export-link").GetAttribute("href"));

        await TypeAsync("Buyer, product or dimension", "acme");
        await TypeAsync("From day (UTC)", "2026-08-20");

        await WaitAsync(() => page.Find("a.export-link").GetAttribute("href") == "/export/records?search=acme&from=2026-08-20", "the filters");
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        _database.Dispose();
    }
}
