using LagoConsole.Core.Fulfilment;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Persistence.Sqlite;
using LagoConsole.Core.Products;
using LagoConsole.Sandbox.Azure;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;

namespace LagoConsole.Tests.Walks;

/// <summary>What the marketplaces hold and what they tell: both pages with data, wide and narrow, light and dark.</summary>
[Trait("Category", "Browser")]
[Collection(WalkBeside.Name)]
public sealed class PurchasesWalkTests
{
    private static readonly Guid Subscription = new("7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Azures_usage_is_compared_notices_are_acted_on_and_a_wrong_token_keeps_its_dialog()
    {
        await using ConsoleProcess console = new();
        await console.StartAsync();
        await using Browser person = await Browser.OpenAsync(console.Address, "purchases");
        await person.SignInAsync();
        await person.GoAsync("/purchases");
        await person.SeeAsync("No notice yet");
        await MainJobWalk.ConnectAndVerifyAsync(person);
        await MainJobWalk.AddProductAsync(person, WalkListing.Azure);
        await MainJobWalk.AddBuyerAsync(person, WalkListing.Azure);
        await MainJobWalk.EnableAutoReportAsync(person);
        await MainJobWalk.LetAnHourPassAsync(person);
        await MainJobWalk.OpenAcceptedRecordAsync(person);
        await person.Page.Locator("details > summary").First.ClickAsync();
        await person.SeeAsync(WalkListing.Azure.Said);

        await person.GoAsync("/reconciliation");
        await person.PressAsync("Read now");
        await person.SeeAsync("Nothing to do.");
        await ShootAsync(person, "reconciliation");

        await TellAsync(console);
        await person.GoAsync("/jobs");
        await person.PressAsync("Run now: Read notices");
        await person.GoAsync("/purchases");
        for (int look = 0; look < 60 && await person.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Dismiss" }).CountAsync() == 0; look++) // one is acted on after another
        {
            await person.Page.WaitForTimeoutAsync(1_000);
            await person.GoAsync("/purchases");
            await person.SeeAsync("What it said");
        }

        await person.SeeAsync("says what the console has");
        await ShootAsync(person, "notices");
        await person.PressAsync("Dismiss");
        await person.PressAsync("Dismiss", inDialog: true);
        await person.SeeAsync("Dismissed by ada");
        await person.PressAsync("Synchronise");
        await person.SeeAsync("1 purchase read, 0 entered, 0 changed.");

        await person.PressAsync("Register a purchase");
        await person.PressAsync("Register", inDialog: true);
        await person.SeeAsync("Choose the product that was bought.");
        await person.ChooseAsync("Product", "Vendor Platform");
        await person.TypeAsync("Token", "bm9uc2Vuc2U=");
        await person.PressAsync("Register", inDialog: true);
        await person.SeeAsync("Azure does not take this token");
        await ShootAsync(person, "register");
        await person.PressAsync("Cancel", inDialog: true);
        await person.NoDialogAsync();

        Assert.Empty(person.ConsoleErrors);
    }

    /// <summary>What queues and the webhook would bring: one that is done, one for a person, one that is not understood, one that waits.</summary>
    private static async Task TellAsync(ConsoleProcess console)
    {
        NoticeStore notices = new(new ConsoleDatabase(Path.Combine(console.DataFolder, "lagoconsole.db")), TimeProvider.System);
        await notices.KeepAsync(
            Marketplace.Azure, "m-1", AzureFulfilment.Body(Subscription, "Renew", "Succeeded", new Guid("74dfb4db-c193-4891-827d-eb05fbdc64b0"), TimeProvider.System.GetUtcNow()), Stop);
        await notices.KeepAsync(
            Marketplace.Aws, "m-2",
            """
            {"id":"e-1","detail-type":"License Updated - Manufacturer","source":"aws.agreement-marketplace","time":"2026-08-20T14:20:00Z",
             "detail":{"agreement":{"id":"agmt-4mwg1nevbokzw95eca5797ixs"},"acceptor":{"accountId":"222222222222"},"product":{"code":"4w1m76k6d81abcd99fj2vtm6j"},
             "license":{"arn":"arn:aws:license-manager::111111111111:license:l-0123456789abcdef0123456789abcdef"}}}
            """,
            Stop);
        await notices.KeepAsync(Marketplace.Gcp, "m-3", """{"eventId":"evt-1","eventType":"ENTITLEMENT_ACTIVE","providerId":"vendor","entitlement":{"id":"e-4711"}}""", Stop);
        await notices.KeepAsync(Marketplace.Aws, "m-4", """{"detail-type":"Something New","source":"aws.agreement-marketplace"}""", Stop);
    }

    /// <summary>On a desk, a tablet and a telephone, by day and by night; nothing sticks out of the screen.</summary>
    private static async Task ShootAsync(Browser person, string name)
    {
        const string Background = "getComputedStyle(document.documentElement).getPropertyValue('--mud-palette-background')";
        string light = await person.Page.EvaluateAsync<string>(Background);
        foreach (ColorScheme scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await person.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
            await person.UntilAsync($"light => ({Background} === light) === {(scheme == ColorScheme.Light ? "true" : "false")}", light);
            await person.ShootAsync($"{name}-{scheme}", 1440, 768, 320);
        }

        await person.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
    }

    /// <summary>The console's own database, beside it.</summary>
    private sealed class ConsoleDatabase(string file) : IDbContextFactory<LagoConsoleDbContext>
    {
        public LagoConsoleDbContext CreateDbContext()
        {
            DbContextOptionsBuilder<SqliteLagoConsoleDbContext> options = new();
            options.UseConsoleSqlite($"Data Source={file}").AddInterceptors(new SqlitePragmas());
            return new SqliteLagoConsoleDbContext(options.Options);
        }
    }
}
