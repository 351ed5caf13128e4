using Bunit;
using LagoConsole.Components.Audit;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using TestContext = Xunit.TestContext;

namespace LagoConsole.Tests.Audit;

public sealed class AuditPageTests : MudContext
{
    private readonly TestDatabase _database = new();
    private readonly Guid _buyer = Guid.NewGuid();

    public AuditPageTests() => Services.AddSingleton(new AuditQueries(_database));

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public async Task A_row_says_who_from_where_when_what_before_and_after_and_leads_to_its_subject()
    {
        await WriteAsync();

        IRenderedComponent<AuditPage> page = await ShowAsync("/audit", rows: 2);

        Assert.Equal(
            ["2026-11-26 13:00:00 UTC", "ada from 192.0.2.44", "Edit buyer", $"Buyer{_buyer}", "<b>Acme</b>", "Acme Corp", "agreed by telephone"], // the id has a line of its own
            page.FindAll("#audit-table tbody tr")[0].QuerySelectorAll("td").Select(cell => Words(cell.TextContent)));
        Assert.Equal($"/buyers/{_buyer}", page.Find("#audit-table tbody tr a").GetAttribute("href"));
        Assert.Empty(page.FindAll("#audit-table b")); // what somebody typed is text
        Assert.DoesNotContain("from ", page.FindAll("#audit-table tbody tr")[1].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_names_what_is_shown_and_so_does_the_file()
    {
        await WriteAsync();

        IRenderedComponent<AuditPage> page = await ShowAsync("/audit?action=Connect%20integration&from=2026-11-26&until=2026-11-26&search=vendor", rows: 1);

        Assert.Contains("Connect integration", page.Find("#audit-table tbody tr").TextContent, StringComparison.Ordinal);
        Assert.Equal("/export/audit?search=vendor&action=Connect%20integration&from=2026-11-26&until=2026-11-26", page.Find("a.export-link").GetAttribute("href"));
    }

    [Fact]
    public async Task Typing_a_filter_changes_the_address_and_the_rows()
    {
        await WriteAsync();
        IRenderedComponent<AuditPage> page = await ShowAsync("/audit", rows: 2);

        await TypeAsync("Who, what, subject or note", "telephone");

        await WaitAsync(() => Navigation.Uri.EndsWith("/audit?search=telephone", StringComparison.Ordinal), "the address");
        await WaitAsync(() => page.FindAll("#audit-table tbody tr").Count == 1, "the row");
        Assert.Contains("Edit buyer", page.Find("#audit-table tbody tr").TextContent, StringComparison.Ordinal);

        await TypeAsync("To day (UTC)", "2026-11-25");
        await WaitAsync(() => page.Markup.Contains("No entry fits these filters.", StringComparison.Ordinal), "the answer");
    }

    [Theory]
    [InlineData("UsageRecord", "0195b000-0000-7000-8000-000000000001", "/records/0195b000-0000-7000-8000-000000000001")]
    [InlineData("HighWaterMark", "0195b000-0000-7000-8000-000000000001", "/usage/0195b000-0000-7000-8000-000000000001")]
    [InlineData("Buyer", "javascript:alert(1)", null)]
    [InlineData("Job", "polls/7", "/jobs")]
    [InlineData("Something", "1", null)]
    public void A_subject_leads_to_its_page_where_it_has_one(string type, string id, string? href) => Assert.Equal(href, AuditSubject.Href(type, id));

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        _database.Dispose();
    }

    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private async Task<IRenderedComponent<AuditPage>> ShowAsync(string address, int rows)
    {
        Navigation.NavigateTo(address);
        IRenderedComponent<AuditPage> page = Show<AuditPage>();
        await WaitAsync(() => page.FindAll("#audit-table tbody tr").Count == rows && page.Markup.Contains("UTC", StringComparison.Ordinal), "the entries");
        return page;
    }

    private async Task WriteAsync()
    {
        DateTimeOffset noon = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        db.Audit(noon, new Actor("olga@vendor.example", Role.Admin), "Connect integration", "Integration", Guid.NewGuid());
        db.Audit(noon.AddHours(1), new Actor("ada", Role.Admin, "192.0.2.44"), "Edit buyer", "Buyer", _buyer, "<b>Acme</b>", "Acme Corp", "agreed by telephone");
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
    }
}
