using AngleSharp.Dom;
using Bunit;
using LagoConsole.Components.Buyers;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Buyers.Import;
using LagoConsole.Core.Buyers.Mapping;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Security;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Tests.Integrations;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using TestContext = Xunit.TestContext;

namespace LagoConsole.Tests.Buyers.Mapping;

/// <summary>The page on the real services, with the sandbox's Lago behind it: cus_acme and globex.example/eu, two cents an API call.</summary>
public sealed class MapCustomersPageTests : MudContext
{
    private readonly ConsoleWorld _world = new();

    public MapCustomersPageTests() => Services
        .AddSingleton(_world.Get<MappingQueries>())
        .AddSingleton(_world.Get<LagoLooks>())
        .AddSingleton(_world.Get<BuyerMapping>())
        .AddSingleton(_world.Get<LagoCustomers>());

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_look_says_when_what_was_asked_and_what_nobody_is_billed_for()
    {
        SignIn("olga", Role.Operator);
        await _world.ConnectAsync();
        _world.Use(100);
        _world.Use(50, subscription: "globex-1");
        IRenderedComponent<MapCustomersPage> page = await ShowAsync();
        Assert.Contains("was not looked at since this console started", Text(page.Find("#look-asked")), StringComparison.Ordinal);

        await PressAsync("Look at Lago");

        Assert.Matches("^olga looked at .+ at 2026-08-20 13:50:00 UTC: 2 customers, 0 with a buyer by now; the usage of 2 running periods of the others was read.$", Text(page.Find("#look-asked")));
        Assert.StartsWith("3.00 USD is billed to nobody: 2 Lago customers with usage have no buyer.", Text(page.Find("#unbilled .mud-alert-message")), StringComparison.Ordinal);
        Assert.Equal(
            ["Acme Corporation cus_acme 1 2.00 USD 2.00 USD Find its buyer", "Globex globex.example/eu 1 1.00 USD 1.00 USD Find its buyer"],
            page.FindAll("#unbilled-customers tbody tr").Select(Text));
        Assert.Equal("/buyers?show=unlinked&search=Acme", Find("Find the buyer of cus_acme").GetAttribute("href"));
    }

    [Fact]
    public async Task R7_Accepted_suggestions_are_previewed_and_saved_once_the_start_is_chosen()
    {
        SignIn("olga", Role.Operator);
        await _world.ConnectAsync();
        await _world.BuyerAsync(await _world.ProductAsync());
        await _world.BuyerAsync(null, name: "Globex");
        _world.Use(100);
        IRenderedComponent<MapCustomersPage> page = await ShowAsync();
        Assert.StartsWith("1 buyer with an active purchase has no Lago Customer ID", Text(page.Find("#unlinked-buyers .mud-alert-message")), StringComparison.Ordinal);
        await PressAsync("Look at Lago");
        Assert.Equal(2, page.FindAll("#suggestions tbody tr").Count);
        Assert.True(Button(page, "Preview 0 accepted links").HasAttribute("disabled")); // nothing is accepted by itself

        await Field("Accept cus_acme for Acme Corporation").ChangeAsync(true);
        await PressAsync("Preview 1 accepted link");

        Assert.Equal("1 link, 0 stored already, 0 lines with errors.", Text(page.Find("#mapping-counts")));
        Assert.True(Button(page, "Save 1 link").HasAttribute("disabled"));
        await page.ChooseRadioAsync("From zero: the present period so far is billed");
        Assert.Equal("2.00 USD of the present amounts is billed, and all growth from now on.", Text(page.Find("#mapping-meaning")));
        Assert.Contains("Billed from zero.", page.Find(".mapped-lines").TextContent, StringComparison.Ordinal);
        await PressAsync("Save 1 link");

        Assert.StartsWith("1 link saved.", Text(page.Find("#map-result .mud-alert-message")), StringComparison.Ordinal);
        Assert.Equal(["cus_acme"], await LinksAsync());
        Assert.Empty(page.FindAll("#unlinked-buyers"));
        Assert.Contains("1 with a buyer by now", page.Find("#look-asked").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("#unbilled"));
    }

    [Fact]
    public async Task A_file_shows_its_errors_first_and_a_line_can_be_left_out()
    {
        SignIn("olga", Role.Operator);
        await _world.ConnectAsync();
        await _world.BuyerAsync(null);
        await _world.BuyerAsync(null, name: "Globex");
        _world.Use(100);
        IRenderedComponent<MapCustomersPage> page = await ShowAsync();

        await UploadAsync(page, "buyer name,Lago Customer ID\nAcme Corporation,cus_acme\nGlobex,globex.example/eu\nInitech,cus_3");

        List<string> rows = [.. page.FindAll(".mapped-lines tbody tr").Select(Text)];
        Assert.StartsWith("4 Initech cus_3 Error", rows[0], StringComparison.Ordinal);
        Assert.Contains("buyer name: There is no buyer “Initech”.", rows[0], StringComparison.Ordinal);
        Assert.Equal("2 Acme Corporation cus_acme Acme Corporation 2.00 USD Link Suggested: from now.", rows[1]);
        await Field("Save line 3").ChangeAsync(false);
        await page.ChooseRadioAsync("From now");
        await PressAsync("Save 1 link");

        Assert.Equal(["cus_acme"], await LinksAsync());
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_says_why()
    {
        SignIn(role: Role.Operator);
        await _world.ConnectAsync();
        IRenderedComponent<MapCustomersPage> page = await ShowAsync();

        await UploadAsync(page, "Globex,cus_1");

        Assert.StartsWith("The first line names a column “Globex”, which there is not. The columns are buyer name, buyer e-mail, Lago Customer ID, integration;", Text(page.Find("#map-problem .mud-alert-message")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Lago_that_refuses_is_said_and_leaves_no_conclusion()
    {
        SignIn(role: Role.Operator);
        await _world.ConnectAsync();
        _world.Sandbox.Faults.Always(SandboxService.Lago, FaultKind.Unauthorized);
        IRenderedComponent<MapCustomersPage> page = await ShowAsync();

        await PressAsync("Look at Lago");

        Assert.Equal("Lago rejected the API key.", Text(page.Find("#map-problem .mud-alert-message")));
        Assert.Empty(page.FindAll("#unbilled, #unbilled-none"));
    }

    [Fact]
    public async Task Two_buyers_on_one_customer_are_an_alert()
    {
        SignIn();
        Guid integration = await _world.ConnectAsync();
        await _world.LinkAsync(await _world.BuyerAsync(null), integration);
        await _world.LinkAsync(await _world.BuyerAsync(null, name: "Globex"), integration, customer: "globex.example/eu");
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            await db.BuyerLinks.ExecuteUpdateAsync(set => set.SetProperty(link => link.CustomerLagoId, "one and the same"), Stop);
        }

        IRenderedComponent<MapCustomersPage> page = await ShowAsync();

        Assert.StartsWith("Two buyers on one customer: Acme Corporation (cus_acme of ", Text(page.Find(".shared-customer .mud-alert-message")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_sees_the_last_look_and_asks_nothing()
    {
        SignIn(role: Role.Viewer);
        Guid integration = await _world.ConnectAsync();
        await _world.BuyerAsync(null);
        _world.Use(100);
        await _world.Get<LagoLooks>().LookAsync(new Actor("olga", Role.Operator), integration, progress: null, Stop);

        IRenderedComponent<MapCustomersPage> page = await ShowAsync();

        Assert.StartsWith("2.00 USD is billed to nobody", Text(page.Find("#unbilled .mud-alert-message")), StringComparison.Ordinal);
        Assert.Contains("need the role Operator", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(page.FindAll("button"), button => Text(button) is "Look again" or "Accept all" or "Preview");
        Assert.True(Field("Accept cus_acme for Acme Corporation").HasAttribute("disabled"));
        Assert.Empty(page.FindAll("#import-file"));
    }

    [Fact]
    public async Task Without_a_Lago_the_page_says_what_comes_first()
    {
        SignIn();

        IRenderedComponent<MapCustomersPage> page = await ShowAsync();

        Assert.Contains("No Lago is connected.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_template_has_the_columns_that_are_explained()
    {
        SignIn(role: Role.Operator);
        await _world.ConnectAsync();

        IRenderedComponent<MapCustomersPage> page = await ShowAsync();

        Assert.Equal(ImportColumn.Mapping.Select(column => column.Header), page.FindAll("#import-columns tbody th").Select(cell => cell.TextContent));
        Assert.Equal(
            "buyer name,buyer e-mail,Lago Customer ID,integration\r\n", Uri.UnescapeDataString(Find("Download template").GetAttribute("href")!.Split(',', 2)[1]));
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await _world.DisposeAsync();
    }

    private async Task<IRenderedComponent<MapCustomersPage>> ShowAsync()
    {
        IRenderedComponent<MapCustomersPage> page = Show<MapCustomersPage>();
        await WaitAsync(() => !page.Markup.Contains("Reading which buyers", StringComparison.Ordinal), "the page");
        return page;
    }

    private static async Task UploadAsync(IRenderedComponent<MapCustomersPage> page, string text)
    {
        page.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText(text, "map.csv"));
        await WaitAsync(() => page.FindAll("#mapping-counts, #map-problem").Count > 0, "the preview");
    }

    private async Task<IReadOnlyList<string>> LinksAsync()
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return await db.BuyerLinks.Where(link => link.UnlinkedAt == null).OrderBy(link => link.LagoCustomerId).Select(link => link.LagoCustomerId).ToListAsync(Stop);
    }

    private static IElement Button(IRenderedComponent<MapCustomersPage> page, string text) => page.FindAll("button").Single(button => Text(button) == text);

    private static string Text(IElement element) => string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
