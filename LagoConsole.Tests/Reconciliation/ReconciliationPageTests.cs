using AngleSharp.Dom;
using Bunit;
using LagoConsole.Components.Reconciliation;
using LagoConsole.Components.Reports;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reconciliation;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Reconciliation;

/// <summary>The page over real books and the sandbox's Azure: 2.00 USD of August 20, 13:00, at one cent a unit.</summary>
public sealed class ReconciliationPageTests : MudContext
{
    private readonly ConsoleWorld _world = new();

    public ReconciliationPageTests()
    {
        Services.AddSingleton(_world.Get<ReconciliationQueries>());
        Services.AddSingleton(_world.Get<ReconcileRun>());
        Services.AddSingleton(_world.Get<RecordQueries>());
        Services.AddSingleton(_world.Get<RecordDecisions>());
        Services.AddSingleton<TimeProvider>(_world.Clock);
    }

    private static CancellationToken Stop => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public void Without_a_product_at_Azure_the_page_says_so_and_where_to_look_at_the_others()
    {
        SignIn(role: Role.Viewer);

        IRenderedComponent<ReconciliationPage> page = Show<ReconciliationPage>();

        Assert.Contains("No product is sold at Azure Marketplace.", page.Find("#no-azure").TextContent, StringComparison.Ordinal);
        Assert.Contains("event source metering-marketplace.amazonaws.com, event name BatchMeterUsage", page.Find("#reconciliation-Aws").TextContent, StringComparison.Ordinal);
        Assert.Contains("customer insights report", page.Find("#reconciliation-Gcp").TextContent, StringComparison.Ordinal);
        Assert.Contains("No record of AWS Marketplace is unresolved.", page.Markup, StringComparison.Ordinal);
        Assert.Contains("No product yet.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_now_compares_settles_what_is_proven_and_the_records_page_shows_the_sum()
    {
        await LostAsync(Marketplace.Azure, SandboxService.Azure);
        SignIn("olga@vendor.example", Role.Operator);
        IRenderedComponent<ReconciliationPage> page = Show<ReconciliationPage>();
        Assert.Contains("not read yet", Row(page), StringComparison.Ordinal);
        Assert.Contains("200 unresolved", Row(page), StringComparison.Ordinal);

        await PressAsync("Read now");

        Assert.Contains("Of records without an answer, 1 are proven billed, 0 not billed, 0 nothing yet.", Snackbars.Markup, StringComparison.Ordinal);
        Assert.Equal("2026-08-20 Acme Corporation Vendor Platform (Azure Marketplace) usage_fee 200 2.00 USD – 200 200 Accepted equal 0 0.00 USD Nothing to do.", Row(page));
        Assert.Contains("Last asked for these days: 2026-08-21 14:10 UTC", Words(page.Find("#last-read")), StringComparison.Ordinal);

        UsageRecord record = Assert.Single(await _world.RecordsAsync());
        IRenderedComponent<RecordPage> shown = Show<RecordPage>(parameters => parameters.Add(one => one.Id, record.Id));
        await WaitAsync(() => shown.FindAll("#record-read").Count == 1, "the evidence");
        Assert.Contains("prove that it is billed", shown.Find("#record-read").TextContent, StringComparison.Ordinal);
        Assert.Contains("The other 200 can only be reached with the 200 of this record.", shown.Find("#record-read").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unresolved_record_of_AWS_leads_to_where_it_is_settled_and_the_dialog_says_where_to_look()
    {
        await LostAsync(Marketplace.Aws, SandboxService.Aws);
        SignIn();
        IRenderedComponent<ReconciliationPage> page = Show<ReconciliationPage>();
        UsageRecord record = Assert.Single(await _world.RecordsAsync());

        IElement row = Assert.Single(page.FindAll("#unresolved-Aws tbody tr"));
        Assert.Contains("2.00 USD", row.TextContent, StringComparison.Ordinal);
        Assert.Equal($"/records/{record.Id}", row.QuerySelector("a")!.GetAttribute("href"));

        Show<RecordPage>(parameters => parameters.Add(one => one.Id, record.Id));
        await PressAsync("Settle as billed");
        Assert.Contains("kept 90 days", Dialogs.Find("#settle-where").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_confirmed_that_nothing_else_reports_is_shown_and_asked_where_nobody_did()
    {
        Guid azure = await _world.ProductAsync(Marketplace.Azure);
        Guid aws = await _world.ProductAsync();
        await _world.Get<ProductService>().ConfirmSoleWriterAsync(ConsoleWorld.Admin, azure, confirmed: true, Stop);
        SignIn(role: Role.Viewer);

        IRenderedComponent<ReconciliationPage> page = Show<ReconciliationPage>();

        string[] writers = [.. page.FindAll("#sole-writers tbody tr").Select(Words)];
        Assert.StartsWith("Vendor Platform AWS Marketplace not confirmed Confirm sole writer on its page", writers[0], StringComparison.Ordinal);
        Assert.StartsWith("Vendor Platform (Azure Marketplace) Azure Marketplace confirmed by ada, 2026-08-20 13:50 UTC", writers[1], StringComparison.Ordinal);
        Assert.Contains(page.FindAll("#sole-writers a"), link => link.GetAttribute("href") == $"/products/{aws}");
        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(() => PressAsync("Read now"));
        Assert.Contains("\"Read now\" (disabled)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Days_and_buyer_narrow_the_list_and_too_many_days_are_refused()
    {
        await LostAsync(Marketplace.Azure, SandboxService.Azure);
        SignIn(role: Role.Viewer);
        IRenderedComponent<ReconciliationPage> page = Show<ReconciliationPage>();

        await TypeAsync("Buyer", "nobody");
        await WaitAsync(() => page.Markup.Contains("No purchase of such a buyer", StringComparison.Ordinal), "the empty list");
        await TypeAsync("Buyer", "acme");
        await WaitAsync(() => page.Markup.Contains("not read yet", StringComparison.Ordinal), "the row");
        await TypeAsync("From day (UTC)", "2026-08-21");
        await WaitAsync(() => page.Markup.Contains("No purchase of such a buyer", StringComparison.Ordinal), "the empty list");
        await TypeAsync("From day (UTC)", "2026-07-01");
        Assert.Contains("Choose 1 to 31 days.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_Azure_that_does_not_answer_is_said_to_have_changed_nothing()
    {
        await LostAsync(Marketplace.Azure, SandboxService.Azure);
        SignIn();
        Show<ReconciliationPage>();
        _world.Sandbox.Faults.Next(SandboxService.Azure, FaultKind.Unauthorized);

        await PressAsync("Read now");

        Assert.Contains("Azure could not be read. Nothing was concluded and nothing changed. Vendor Platform (Azure Marketplace) was not read: Azure does not let this app read usage events.", Snackbars.Markup, StringComparison.Ordinal);
        Assert.Equal(UsageRecordState.Unresolved, Assert.Single(await _world.RecordsAsync()).State);
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await _world.DisposeAsync();
    }

    /// <summary>The record's answer was lost, and its deadline has passed: August 21, 14:10.</summary>
    private async Task LostAsync(Marketplace marketplace, SandboxService service)
    {
        Guid integration = await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(await _world.ProductAsync(marketplace));
        await _world.LinkAsync(buyer, integration);
        await _world.TurnOnAsync(integration, AutoReportStart.ReportIt);
        _world.Use(100);
        _world.Sandbox.Faults.Next(service, FaultKind.LostAnswer);
        await _world.NextHourAsync(integration);
        _world.MoveTo(new DateTimeOffset(2026, 8, 21, 14, 10, 0, TimeSpan.Zero));
        await _world.ReportAsync();
    }

    private static string Row(IRenderedComponent<ReconciliationPage> page) => Words(page.Find("#reconciliation-table tbody tr"));

    private static string Words(IElement element) => string.Join(
        ' ', element.Descendants<IText>().SelectMany(text => text.Data.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
}
