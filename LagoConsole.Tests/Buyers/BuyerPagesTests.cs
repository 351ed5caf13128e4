using Bunit;
using LagoConsole.Components.Buyers;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.DryRun;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using LagoConsole.Core.Waiting;
using LagoConsole.Tests.Integrations;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using TestContext = Xunit.TestContext;

namespace LagoConsole.Tests.Buyers;

/// <summary>The pages on the real services, with the sandbox's Lago behind them.</summary>
public sealed class BuyerPagesTests : MudContext
{
    private readonly ConsoleWorld _world = new();

    public BuyerPagesTests() => Services
        .AddSingleton(_world.Get<BuyerQueries>())
        .AddSingleton(_world.Get<BuyerService>())
        .AddSingleton(_world.Get<EntitlementService>())
        .AddSingleton(_world.Get<EntitlementLife>())
        .AddSingleton(_world.Get<BuyerLinkService>())
        .AddSingleton(_world.Get<LagoCustomers>())
        .AddSingleton(_world.Get<WaitingQueries>())
        .AddSingleton(_world.Get<WaitingDecisions>())
        .AddSingleton(_world.Get<ProductQueries>())
        .AddSingleton(_world.Get<DryRunService>());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_empty_list_says_what_a_buyer_is_and_a_new_one_leads_to_its_page()
    {
        SignIn(role: Role.Operator);
        IRenderedComponent<BuyersPage> page = Show<BuyersPage>();
        await WaitAsync(() => page.Markup.Contains("No buyer yet.", StringComparison.Ordinal), "the empty list");

        await PressAsync("New buyer");
        await TypeAsync("Name", "Globex");
        await PressAsync("Create");
        await HandledAsync();

        BuyerRow row = Assert.Single((await _world.Get<BuyerQueries>().ListAsync(null, 0, 20, Token)).Rows);
        Assert.EndsWith($"/buyers/{row.Id}", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_is_searched_by_Lago_Customer_ID()
    {
        SignIn();
        Guid integration = await _world.ConnectAsync();
        await _world.LinkAsync(await _world.BuyerAsync(null, name: "Globex"), integration, customer: "globex.example/eu");
        await _world.BuyerAsync(null, name: "Initech");
        IRenderedComponent<BuyersPage> page = Show<BuyersPage>();
        await WaitAsync(() => page.Markup.Contains("Initech", StringComparison.Ordinal), "the buyers");

        await Field("Search").InputAsync("example/eu");

        await WaitAsync(() => !page.Markup.Contains("Initech", StringComparison.Ordinal), "the search");
        Assert.Contains("globex.example/eu", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_is_what_its_address_says_and_the_address_follows_the_list()
    {
        SignIn();
        await _world.LinkAsync(await _world.BuyerAsync(null, name: "Globex"), await _world.ConnectAsync(), customer: "globex.example/eu");
        foreach (int number in Enumerable.Range(1, 11))
        {
            await _world.BuyerAsync(null, name: $"Buyer {number:00}");
        }

        NavigationManager navigation = Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo("/buyers?show=unlinked&sort=-name&size=10&page=2");

        IRenderedComponent<BuyersPage> page = Show<BuyersPage>();

        await WaitAsync(() => Names(page) is ["Buyer 01"], "the second page, the other way round");
        await PressAsync("Buyer"); // the heading: by name again, upwards, from the first page
        await WaitAsync(() => Names(page) is ["Buyer 01", .., "Buyer 10"], "the first page");
        Assert.EndsWith("/buyers?show=unlinked&size=10", navigation.Uri, StringComparison.Ordinal);

        await page.InvokeAsync(() => navigation.NavigateTo("/buyers")); // the menu
        await WaitAsync(() => Names(page).Contains("Globex"), "all buyers");
    }

    [Fact]
    public async Task An_address_of_a_page_that_is_gone_shows_the_first()
    {
        SignIn();
        await _world.BuyerAsync(null, name: "Globex");
        NavigationManager navigation = Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo("/buyers?page=2&size=10");

        IRenderedComponent<BuyersPage> page = Show<BuyersPage>();

        await WaitAsync(() => Names(page) is ["Globex"], "the first page");
        Assert.EndsWith("/buyers?size=10", navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R6_A_route_is_shown_with_its_subscription_and_removed()
    {
        SignIn("olga", Role.Operator);
        (Guid integration, Guid buyer, Guid product) = await _world.SetUpAsync();
        Guid second = await _world.EntitleAsync(buyer, product, licence: ConsoleWorld.Licence.Replace("l-0123", "l-4567", StringComparison.Ordinal));
        _world.Use(100);
        await _world.NextHourAsync(integration);
        WaitingRow waiting = Assert.Single((await _world.Get<WaitingQueries>().ListAsync(new WaitingFilter(), 0, 10, Token)).Rows);
        await _world.Get<WaitingDecisions>().RouteAsync(ConsoleWorld.Admin, new WaitingDecision(waiting.Key, waiting.Stamp), second, Token);
        IRenderedComponent<BuyerPage> page = await ShowAsync(buyer);
        await WaitAsync(() => page.FindAll("#routes tbody tr").Count == 1, "the route");
        Assert.Contains("acme-prod", page.Find("#routes").TextContent, StringComparison.Ordinal);
        Assert.Contains("l-4567", page.Find("#routes").TextContent, StringComparison.Ordinal);

        await PressAsync("Remove route of acme-prod");
        await PressAsync("Remove route");
        await HandledAsync();

        Assert.Empty(page.FindAll("#routes"));
        Assert.Empty(await _world.Get<WaitingQueries>().ListRoutesAsync(buyer, Token));
        _world.Use(50);
        await _world.NextHourAsync(integration);
        Assert.Equal(200, _world.Billed); // the new usage waits for a choice again
    }

    [Fact]
    public async Task Waiting_money_of_a_buyer_leads_to_what_resolves_it()
    {
        SignIn();
        (Guid integration, Guid buyer, _) = await _world.SetUpAsync();
        _world.Use(2, "storage_gb");
        await _world.NextHourAsync(integration);

        IRenderedComponent<BuyerPage> page = await ShowAsync(buyer);

        Assert.Contains(page.FindAll("a"), link => link.GetAttribute("href") == "/waiting?reason=NoConversion&buyer=Acme%20Corporation");
    }

    [Fact]
    public async Task A_viewer_reads_and_can_only_make_a_dry_run()
    {
        SignIn(role: Role.Viewer);
        Guid buyer = await _world.BuyerAsync(await _world.ProductAsync());

        IRenderedComponent<BuyerPage> page = await ShowAsync(buyer);

        Assert.Contains("ACTIVE", page.Markup, StringComparison.Ordinal);
        Assert.Equal("Dry run", Assert.Single(page.FindAll("button"), button => button.TextContent.Trim() != "Copy").TextContent.Trim());
    }

    [Fact]
    public async Task A_dry_run_tells_the_buyers_next_window()
    {
        SignIn(role: Role.Viewer);
        (_, Guid buyer, _) = await _world.SetUpAsync();
        _world.Use(100);
        await ShowAsync(buyer);

        await PressAsync("Dry run");

        await WaitAsync(() => Dialogs.Markup.Contains("would send 1 record for 2.00 USD.", StringComparison.Ordinal), "the dry run");
    }

    [Fact]
    public async Task R7_Before_a_Lago_Customer_ID_is_saved_the_dry_run_follows_the_chosen_start()
    {
        SignIn(role: Role.Operator);
        Guid integration = await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(await _world.ProductAsync());
        await _world.TurnOnAsync(integration);
        _world.Use(100);
        await ShowAsync(buyer);
        await TypeAsync("Lago Customer ID", "cus_acme");
        await PressAsync("Save Lago Customer ID");
        await WaitAsync(() => Dialogs.Markup.Contains("would send 1 record for 2.00 USD.", StringComparison.Ordinal), "the dry run from zero");

        await Dialogs.ChooseRadioAsync("From now");

        await WaitAsync(() => Dialogs.Markup.Contains("would send nothing.", StringComparison.Ordinal), "the dry run from now");
        Assert.Contains("counted before the start", Dialogs.Markup, StringComparison.Ordinal);
        await PressAsync("Cancel");
        await HandledAsync();
        Assert.Null((await _world.Get<BuyerQueries>().FindAsync(buyer, Token))!.Link);
    }

    [Fact]
    public async Task A_buyer_that_does_not_exist_is_said()
    {
        SignIn();

        IRenderedComponent<BuyerPage> page = Show<BuyerPage>(parameters => parameters.Add(shown => shown.Id, Guid.NewGuid()));

        await WaitAsync(() => page.Markup.Contains("There is no such buyer.", StringComparison.Ordinal), "the answer");
    }

    [Theory]
    [InlineData("", "The id is empty.")]
    [InlineData("nobody", "has no customer with the external id 'nobody'")]
    [InlineData("CUS_ACME", "Ids are case-sensitive")]
    [InlineData("..", "single or double dot")]
    public async Task An_id_that_Lago_does_not_know_is_said_at_the_field_and_stays_there(string typed, string sentence)
    {
        SignIn();
        await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(null);
        IRenderedComponent<BuyerPage> page = await ShowAsync(buyer);
        await TypeAsync("Lago Customer ID", typed);

        await PressAsync("Save Lago Customer ID");

        Assert.Contains(sentence, page.Markup.Replace("&#x27;", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(typed, Field("Lago Customer ID").GetAttribute("value") ?? "");
        Assert.Null((await BuyerAsync(buyer)).Link);
    }

    [Fact]
    public async Task An_id_that_belongs_to_another_buyer_is_refused_with_its_name()
    {
        SignIn();
        Guid integration = await _world.ConnectAsync();
        await _world.LinkAsync(await _world.BuyerAsync(null, name: "Initech"), integration);
        IRenderedComponent<BuyerPage> page = await ShowAsync(await _world.BuyerAsync(null, name: "Globex"));
        await TypeAsync("Lago Customer ID", "cus_acme");

        await PressAsync("Save Lago Customer ID");

        Assert.Contains("belongs to the buyer Initech", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_with_a_dot_and_a_slash_is_saved_with_the_start_that_was_chosen()
    {
        SignIn(role: Role.Operator);
        await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(null, name: "Globex");
        _world.Use(50, subscription: "globex-1"); // 50 calls at 2 cents
        IRenderedComponent<BuyerPage> page = await ShowAsync(buyer);
        await TypeAsync("Lago Customer ID", " globex.example/eu ");

        await PressAsync("Save Lago Customer ID");
        Assert.Contains("1.00 USD", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Contains("is never billed here", Dialogs.Find("#link-start-meaning").TextContent, StringComparison.Ordinal); // no purchase yet: from now
        await Field("From zero").ClickAsync();
        await PressAsync("Save");
        await HandledAsync();

        Assert.Equal("globex.example/eu", (await BuyerAsync(buyer)).Link!.LagoCustomerId);
        await WaitAsync(() => page.Markup.Contains("Change Lago Customer ID", StringComparison.Ordinal), "the page to show the link");
    }

    [Fact]
    public async Task A_cancelled_start_saves_nothing_and_keeps_what_was_typed()
    {
        SignIn();
        await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(null);
        await ShowAsync(buyer);
        await TypeAsync("Lago Customer ID", "cus_acme");

        await PressAsync("Save Lago Customer ID");
        await PressAsync("Cancel");
        await HandledAsync();

        Assert.Null((await BuyerAsync(buyer)).Link);
        Assert.Equal("cus_acme", Field("Lago Customer ID").GetAttribute("value"));
    }

    [Fact]
    public async Task A_removal_asks_what_becomes_of_open_money_and_takes_the_id_off()
    {
        SignIn(role: Role.Admin);
        Guid integration = await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(null, name: "Globex");
        await _world.LinkAsync(buyer, integration);
        await _world.TurnOnAsync(integration);
        _world.Use(100); // 2.00 USD, which the poll before the removal finds; it waits: the buyer has bought nothing
        await ShowAsync(buyer);

        await PressAsync("Remove Lago Customer ID");
        Assert.Contains("2.00 USD of api_calls", Dialogs.Markup, StringComparison.Ordinal);
        await Field("Write it off").ClickAsync();
        await PressAsync("Remove");
        await HandledAsync();

        BuyerDetail after = await BuyerAsync(buyer);
        Assert.Null(after.Link);
        Assert.Empty(after.Waiting);
    }

    [Fact]
    public async Task Waiting_money_is_said_with_its_reason()
    {
        SignIn();
        Guid integration = await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(null, name: "Globex");
        await _world.LinkAsync(buyer, integration);
        await _world.TurnOnAsync(integration);
        _world.Use(100);
        await _world.NextHourAsync(integration);

        IRenderedComponent<BuyerPage> page = await ShowAsync(buyer);

        Assert.Contains("2.00 USD of api_calls waits since", page.Markup, StringComparison.Ordinal);
        Assert.Contains("No entitlement:", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_metric_without_a_conversion_is_warned_of()
    {
        SignIn();
        Guid integration = await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(await _world.ProductAsync("0.01", "api_calls"), name: "Globex");
        _world.Use(3, metric: "storage_gb");
        await _world.LinkAsync(buyer, integration, LinkStart.FromNow);

        IRenderedComponent<BuyerPage> page = await ShowAsync(buyer);

        Assert.Contains("no product that this buyer bought converts it: its money will wait", page.Markup, StringComparison.Ordinal);
        Assert.Contains("<code>storage_gb</code>", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_purchase_is_entered_from_the_page()
    {
        SignIn(role: Role.Operator);
        await _world.ProductAsync();
        Guid buyer = await _world.BuyerAsync(null);
        IRenderedComponent<BuyerPage> page = await ShowAsync(buyer);

        await PressAsync("New entitlement");
        await TypeAsync("AWS account ID", ConsoleWorld.Account);
        await TypeAsync("License ARN", ConsoleWorld.Licence);
        await PressAsync("Create");
        await HandledAsync();

        Assert.Equal(EntitlementState.Active, Assert.Single((await BuyerAsync(buyer)).Entitlements).State);
        Assert.Contains(ConsoleWorld.Licence, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Details_are_saved_and_a_wrong_one_is_said_at_its_field()
    {
        SignIn(role: Role.Operator);
        Guid buyer = await _world.BuyerAsync(null, name: "Globex");
        IRenderedComponent<BuyerPage> page = await ShowAsync(buyer);

        await TypeAsync("E-mail", "ap");
        await PressAsync("Save details");
        Assert.Contains("not an e-mail address", page.Markup, StringComparison.Ordinal);

        await TypeAsync("E-mail", "ap@globex.example");
        await PressAsync("Save details");
        Assert.Equal("ap@globex.example", (await BuyerAsync(buyer)).Email);
        Assert.DoesNotContain("not an e-mail address", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_picker_finds_customers_and_says_whose_they_are()
    {
        Guid integration = await _world.ConnectAsync();
        await _world.LinkAsync(await _world.BuyerAsync(null, name: "Initech"), integration);

        LagoCustomerSearch.Found all = Assert.IsType<LagoCustomerSearch.Found>(await _world.Get<LagoCustomers>().SearchAsync(integration, "", Token));
        LagoCustomerSearch.Found some = Assert.IsType<LagoCustomerSearch.Found>(await _world.Get<LagoCustomers>().SearchAsync(integration, "globex", Token));

        Assert.Equal("Initech", all.Customers.Single(customer => customer.LagoCustomerId == "cus_acme").LinkedBuyer);
        Assert.Equal(new LagoCustomerChoice("globex.example/eu", "Globex", null, null), Assert.Single(some.Customers));
    }

    [Fact]
    public async Task A_Lago_that_cannot_be_asked_leaves_a_sentence_and_not_an_empty_list() => Assert.Contains(
        "gone",
        Assert.IsType<LagoCustomerSearch.Failed>(await _world.Get<LagoCustomers>().SearchAsync(Guid.NewGuid(), "", Token)).Sentence,
        StringComparison.Ordinal);

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await _world.DisposeAsync();
    }

    private static List<string> Names(IRenderedComponent<BuyersPage> page) => [.. page.FindAll("tbody a").Select(link => link.TextContent)];

    private async Task<IRenderedComponent<BuyerPage>> ShowAsync(Guid buyer)
    {
        IRenderedComponent<BuyerPage> page = Show<BuyerPage>(parameters => parameters.Add(shown => shown.Id, buyer));
        await WaitAsync(() => page.Markup.Contains("entitlements-title", StringComparison.Ordinal) && !page.Markup.Contains("Loading", StringComparison.Ordinal), "the buyer");
        return page;
    }

    private async Task<BuyerDetail> BuyerAsync(Guid id) => (await _world.Get<BuyerQueries>().FindAsync(id, Token))!;
}
