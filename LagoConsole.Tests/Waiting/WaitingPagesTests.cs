using Bunit;
using LagoConsole.Components.Waiting;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using LagoConsole.Core.Waiting;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;
using TestContext = Xunit.TestContext;

namespace LagoConsole.Tests.Waiting;

/// <summary>The page on the real services: what a person sees, presses, and is told.</summary>
public sealed class WaitingPagesTests : MudContext
{
    private static readonly string Other = ConsoleWorld.Licence.Replace("l-0123", "l-4567", StringComparison.Ordinal);

    private readonly ConsoleWorld _world = new();

    public WaitingPagesTests() => Services
        .AddSingleton(_world.Get<WaitingQueries>())
        .AddSingleton(_world.Get<WaitingDecisions>())
        .AddSingleton(_world.Get<HeldMoney>())
        .AddSingleton(_world.Get<UsageQueries>())
        .AddSingleton<WaitingNews>()
        .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
        .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_nothing_waits_the_page_says_that_every_cent_is_billed_or_on_its_way()
    {
        SignIn();

        IRenderedComponent<WaitingPage> page = Show<WaitingPage>();

        await WaitAsync(() => page.FindAll("#nothing-waits").Count == 1, "the answer");
        Assert.Contains("Nothing waits: every cent is billed or on its way.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R6_A_row_says_how_much_why_whose_since_when_and_leads_to_what_resolves_it()
    {
        SignIn(role: Role.Operator);
        Guid product = await WaitsForConversionAsync();

        IRenderedComponent<WaitingPage> page = await ShowAsync();

        string row = Words(Assert.Single(page.FindAll("#waiting-money tbody tr")).TextContent);
        Assert.StartsWith("1.00 USD No conversion: the buyer's product does not say which dimension this metric feeds.", row, StringComparison.Ordinal);
        Assert.Contains("Acme Corporation, storage_gb acme-prod, 2026-08-01 to 2026-09-01 2026-08-20 14:05 UTC", row, StringComparison.Ordinal);
        Assert.Equal($"/products/{product}", Find("Add conversion: 1.00 USD of storage_gb of Acme Corporation").GetAttribute("href"));
        Assert.Equal("1.00 USD no conversion", Words(Assert.Single(page.FindAll(".reason-total")).TextContent));
    }

    [Fact]
    public async Task R6_Route_is_chosen_among_the_entitlements_that_take_the_money_and_flows()
    {
        SignIn(role: Role.Operator);
        Guid integration = await SeveralFitAsync();
        IRenderedComponent<WaitingPage> page = await ShowAsync();

        await PressAsync("Route: 2.00 USD of api_calls of Acme Corporation");
        Assert.Contains("2.00 USD flows on to it, and so does other money of this subscription", Dialogs.Markup, StringComparison.Ordinal);
        await PressAsync("Route");
        Assert.Contains("Choose the entitlement that it is billed on.", Dialogs.Markup, StringComparison.Ordinal);
        await Dialogs.FindAll("input[type=radio]")[1].ClickAsync();
        await PressAsync("Route");
        await HandledAsync();

        await WaitAsync(() => page.FindAll("#nothing-waits").Count == 1, "the money to flow");
        Assert.Contains("2.00 USD of api_calls flows on", Snackbars.Markup, StringComparison.Ordinal);
        await _world.NextHourAsync(integration);
        Assert.Equal(200, _world.Billed);
    }

    [Fact]
    public async Task Amounts_that_changed_while_a_person_decided_are_told_and_shown_anew()
    {
        SignIn(role: Role.Operator);
        Guid integration = await SeveralFitAsync();
        IRenderedComponent<WaitingPage> page = await ShowAsync();
        await PressAsync("Route: 2.00 USD of api_calls of Acme Corporation");
        await Dialogs.FindAll("input[type=radio]")[0].ClickAsync();
        _world.Use(1);
        await _world.NextHourAsync(integration);

        await PressAsync("Route");
        await HandledAsync();

        Assert.Contains("The amounts changed while you were deciding.", Snackbars.Markup, StringComparison.Ordinal);
        await WaitAsync(() => page.Markup.Contains("2.02 USD", StringComparison.Ordinal), "the amounts of now");
    }

    [Fact]
    public async Task A_write_off_names_what_is_lost_asks_why_and_keeps_it()
    {
        SignIn("ada", Role.Admin);
        await WaitsForConversionAsync();
        IRenderedComponent<WaitingPage> page = await ShowAsync();

        await PressAsync("More that resolves 1.00 USD of storage_gb of Acme Corporation");
        await PressAsync("Write off");
        Assert.Contains("1.00 USD, counted in 1 increment since", Words(Dialogs.Find(".mud-dialog").TextContent), StringComparison.Ordinal);
        await Dialogs.Find("#write-off-submit").ClickAsync(); // the menu has an entry of the same name
        Assert.Contains("Say why", Dialogs.Markup, StringComparison.Ordinal);
        await TypeAsync("Why", "agreed with the buyer");
        await Dialogs.Find("#write-off-submit").ClickAsync();
        await HandledAsync();

        await WaitAsync(() => page.FindAll("#nothing-waits").Count == 1, "the row to go");
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        Assert.Equal("agreed with the buyer", (await db.AuditEntries.SingleAsync(entry => entry.Action == "Write off waiting money", Token)).Note);
    }

    [Fact]
    public async Task A_viewer_has_nothing_to_press_and_is_told_whose_it_is()
    {
        SignIn(role: Role.Viewer);
        await WaitsForConversionAsync();

        IRenderedComponent<WaitingPage> page = await ShowAsync();

        Assert.Empty(page.FindAll("#waiting-money .remedies button, #waiting-money .remedies a"));
        Assert.Contains("Needs the role Operator.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_is_not_offered_to_give_money_up_or_to_decide_over_what_is_held()
    {
        SignIn(role: Role.Operator);
        await WaitsForConversionAsync();
        IRenderedComponent<WaitingPage> page = await ShowAsync();

        Assert.Empty(page.FindAll("[aria-label^=More]")); // the only other remedy is an administrator's
        Assert.DoesNotContain(page.FindAll("#held-keys button"), button => button.TextContent.Trim() == "Decide");
    }

    [Fact]
    public async Task R15_A_decision_over_a_jump_says_in_numbers_what_each_choice_does_before_it_is_pressed()
    {
        SignIn("ada", Role.Admin);
        Guid integration = await JumpAsync();
        IRenderedComponent<WaitingPage> page = await ShowAsync("held-keys");
        Assert.Contains("200.00 USD", page.Find("#held-keys").TextContent, StringComparison.Ordinal);

        await PressAsync("Decide: 200.00 USD of api_calls of Acme Corporation");
        Assert.Equal("Mark: counted before2.00 USD Held above it200.00 USD Lago shows now202.00 USD", Words(Dialogs.Find("#held-facts").TextContent));
        Assert.Contains("200.00 USD flows on and is billed.", Dialogs.Find("#held-meaning").TextContent, StringComparison.Ordinal);
        await PressAsync("Nothing of it");
        Assert.Contains("0.00 USD flows on and is billed.", Dialogs.Find("#held-meaning").TextContent, StringComparison.Ordinal);
        Assert.Contains("200.00 USD is refused", Dialogs.Find("#held-meaning").TextContent, StringComparison.Ordinal);
        await TypeAsync("Bill up to the total, USD", "52");
        Assert.Equal(
            [
                "50.00 USD flows on and is billed.",
                "150.00 USD is refused: later totals count that much less, until Lago has fallen by as much.",
                "The mark rises from 2.00 USD to 52.00 USD, and the key goes on from there.",
            ],
            Dialogs.FindAll("#held-meaning li").Select(line => Words(line.TextContent)));
        await PressAsync("Decide");
        Assert.Contains("Say how you know", Dialogs.Markup, StringComparison.Ordinal);
        await TypeAsync("How you know", "their migration");
        await PressAsync("Decide");
        await HandledAsync();

        await WaitAsync(() => page.FindAll("#nothing-waits").Count == 1, "the key to go");
        await _world.NextHourAsync(integration);
        Assert.Equal(5_200, _world.Billed);
    }

    [Fact]
    public async Task R15_A_total_that_cannot_be_is_said_before_it_is_pressed()
    {
        SignIn("ada", Role.Admin);
        await JumpAsync();
        await ShowAsync("held-keys");
        await PressAsync("Decide: 200.00 USD of api_calls of Acme Corporation");

        await TypeAsync("Bill up to the total, USD", "300");

        Assert.Contains("More than Lago shows cannot be billed", Dialogs.Find("#held-meaning").TextContent, StringComparison.Ordinal);
        await TypeAsync("Bill up to the total, USD", "1,000");
        Assert.Contains("Use a point for decimals", Dialogs.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R20_Restored_money_is_confirmed_as_not_billed_with_one_press()
    {
        SignIn("ada", Role.Admin);
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        _world.MoveTo(_world.Now.AddMinutes(20));
        await _world.PollAsync(integration);
        await _world.Get<RestoredBooks>().DeclareAsync(ConsoleWorld.Admin, null, Token);
        IRenderedComponent<WaitingPage> page = await ShowAsync();

        await PressAsync("Decide: 2.00 USD of api_calls of Acme Corporation");
        await TypeAsync("Billed already, USD", "0.50");
        Assert.Contains("0.50 USD is booked as billed before the restore", Dialogs.Find("#held-meaning").TextContent, StringComparison.Ordinal);
        await PressAsync("None was billed since: all of it flows on");
        Assert.Contains("2.00 USD flows on and is billed.", Dialogs.Find("#held-meaning").TextContent, StringComparison.Ordinal);
        await TypeAsync("How you know", "the marketplace shows no record of today");
        await PressAsync("Decide");
        await HandledAsync();

        Assert.Contains("2.00 USD of api_calls flows on.", Snackbars.Markup, StringComparison.Ordinal);
        await WaitAsync(() => page.Markup.Contains("No money waits.", StringComparison.Ordinal), "the row to go");
    }

    [Fact]
    public async Task Money_found_with_auto_report_off_is_reported_after_what_it_means_was_said()
    {
        SignIn(role: Role.Operator);
        (Guid integration, _, _) = await _world.SetUpAsync();
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(row => row.AutoReport, false), Token);
        }

        _world.Use(100);
        _world.MoveTo(new DateTimeOffset(2026, 9, 1, 0, 25, 0, TimeSpan.Zero));
        await _world.CloseAsync(integration);
        IRenderedComponent<WaitingPage> page = await ShowAsync();

        await PressAsync("Report it: 2.00 USD of api_calls of Acme Corporation"); // turning auto report on is an administrator's
        Assert.Contains("Only this money: what is found later waits again.", Dialogs.Markup, StringComparison.Ordinal);
        await PressAsync("Report it");
        await HandledAsync();

        await WaitAsync(() => page.FindAll("#nothing-waits").Count == 1, "the money to flow");
        await _world.ReportAsync();
        Assert.Equal(200, _world.Billed);
    }

    [Theory]
    [InlineData("/waiting?reason=NoConversion", true, false)]
    [InlineData("/waiting?reason=Jump", false, true)]
    [InlineData("/waiting?reason=nonsense", true, true)]
    [InlineData("/waiting?reason=restored", true, true)] // waits and is held
    public async Task The_address_names_what_is_shown(string address, bool waiting, bool held)
    {
        SignIn();
        await WaitsForConversionAsync();
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);

        IRenderedComponent<WaitingPage> page = Show<WaitingPage>();
        await WaitAsync(() => page.FindAll(".filters").Count == 1, "the page");

        Assert.Equal((waiting, held), (page.FindAll("#waiting-money").Count == 1, page.FindAll("#held-keys").Count == 1));
    }

    [Fact]
    public async Task A_total_filters_by_its_reason_and_so_does_the_buyers_name()
    {
        SignIn();
        await WaitsForConversionAsync();
        NavigationManager navigation = Services.GetRequiredService<NavigationManager>();
        IRenderedComponent<WaitingPage> page = await ShowAsync();

        await page.Find(".reason-total").ClickAsync();
        Assert.EndsWith("?reason=NoConversion", navigation.Uri, StringComparison.Ordinal);
        await TypeAsync("Buyer", "globex");
        await WaitAsync(() => page.Markup.Contains("Nothing that waits fits these filters.", StringComparison.Ordinal), "the filter");
        Assert.EndsWith("?reason=NoConversion&buyer=globex", navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R4_Periods_whose_final_total_is_overdue_are_listed_with_what_was_found()
    {
        SignIn();
        await WaitsForConversionAsync();
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            BillingPeriod period = await db.BillingPeriods.SingleAsync(Token);
            (period.State, period.PeriodEnd, period.CloseDetail) = (BillingPeriodState.Ended, _world.Now.AddDays(-3), "Lago's invoice is still draft; its total is read when it is final.");
            await db.SaveChangesAsync(Token);
        }

        IRenderedComponent<WaitingPage> page = await ShowAsync("late-closings");

        Assert.Contains("Lago's invoice is still draft", page.Find("#late-closings").TextContent, StringComparison.Ordinal);
        Assert.Contains("They ended more than 48 hours ago.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_cannot_be_read_says_so_and_is_read_again()
    {
        SignIn();
        FailingDatabase database = new(_world.Database) { Fails = true };
        Services.AddSingleton(new WaitingQueries(database, Options.Create(new ReportingOptions()), _world.Clock));
        await WaitsForConversionAsync();
        IRenderedComponent<WaitingPage> page = Show<WaitingPage>();
        await WaitAsync(() => page.Markup.Contains("What waits could not be read", StringComparison.Ordinal), "the failure");

        database.Fails = false;
        await PressAsync("Try again");

        await WaitAsync(() => page.FindAll("#waiting-money tbody tr").Count == 1, "the rows");
    }

    [Fact]
    public async Task The_menu_counts_what_waits_and_looks_again_after_a_decision()
    {
        IRenderedComponent<WaitingCount> count = Show<WaitingCount>();
        Assert.Empty(count.FindAll("#waiting-count"));
        await WaitsForConversionAsync();

        Services.GetRequiredService<WaitingNews>().Tell();

        await WaitAsync(() => count.FindAll("#waiting-count") is [var shown] && shown.TextContent == "1", "the count");
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await _world.DisposeAsync();
    }

    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private async Task<IRenderedComponent<WaitingPage>> ShowAsync(string table = "waiting-money")
    {
        IRenderedComponent<WaitingPage> page = Show<WaitingPage>();
        await WaitAsync(() => page.FindAll($"#{table} tbody tr td.remedies, #{table} tbody tr td.why").Count > 0, "the rows");
        return page;
    }

    /// <summary>1.00 USD of storage without a conversion; returns the buyer's product.</summary>
    private async Task<Guid> WaitsForConversionAsync()
    {
        (Guid integration, _, Guid product) = await _world.SetUpAsync();
        _world.Use(2, "storage_gb");
        await _world.NextHourAsync(integration);
        return product;
    }

    /// <summary>2.00 USD that could go to two entitlements.</summary>
    private async Task<Guid> SeveralFitAsync()
    {
        (Guid integration, Guid buyer, Guid product) = await _world.SetUpAsync();
        await _world.EntitleAsync(buyer, product, licence: Other);
        _world.Use(100);
        await _world.NextHourAsync(integration);
        return integration;
    }

    /// <summary>2.00 USD billed, then 200.00 USD at once.</summary>
    private async Task<Guid> JumpAsync()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            await db.Integrations.ExecuteUpdateAsync(
                set => set.SetProperty(row => row.JumpAbsoluteMinor, 5_000).SetProperty(row => row.JumpFloorMinor, 100), Token);
        }

        _world.Use(100);
        await _world.NextHourAsync(integration);
        _world.Use(10_000);
        await _world.NextHourAsync(integration);
        return integration;
    }

    private sealed class FailingDatabase(TestDatabase database) : IDbContextFactory<LagoConsoleDbContext>
    {
        public bool Fails { get; set; }

        public LagoConsoleDbContext CreateDbContext() => Fails ? throw new InvalidOperationException("The disk is gone.") : database.CreateDbContext();
    }
}
