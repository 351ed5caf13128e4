using System.Globalization;
using LagoConsole.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace LagoConsole.Tests.Walks;

/// <summary>Foreseeing the next window from every page that offers it, on wide and narrow screens.</summary>
[Trait("Category", "Browser")]
[Collection(WalkBeside.Name)]
public sealed class DryRunWalkTests
{
    [Fact]
    public async Task The_next_window_is_foreseen_before_each_change_and_fits_the_screen()
    {
        await using ConsoleProcess console = new();
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        int farMinute = (now.Minute + 30) % 60; // a poll in the middle of the walk would send what it foresees
        await console.StartAsync(("Polling:Cron", $"0 {farMinute} * * * ?"));
        await using Browser person = await Browser.OpenAsync(console.Address, "dry-run");
        await person.SignInAsync();
        await MainJobWalk.ConnectAndVerifyAsync(person);
        await MainJobWalk.AddProductAsync(person);
        await AddBuyerAsync(person, startsAt: now.AddDays(-1)); // so that the hour just closed is free

        await person.PickAsync("Lago Customer ID", "cus_acme", inDialog: false);
        await person.PressAsync("Save Lago Customer ID");
        await ForeseenAsync(person); // auto report is off: nothing is polled
        await ShootAsync(person, "link-start");
        await person.Page.GetByLabel("From zero").ClickAsync();
        await person.PressAsync("Save", inDialog: true);
        await person.NoDialogAsync();

        await person.GoAsync("/integrations");
        await person.PressAsync("Edit");
        await person.Page.GetByText("Enable Auto Report Usage").ClickAsync();
        await person.PressAsync("Save", inDialog: true);
        await person.Page.Locator("#edit-report-it").WaitForAsync();
        await person.PressAsync("Dry run", inDialog: true);
        await ForeseenAsync(person);
        await ShootAsync(person, "switch-on");
        await person.PressAsync("Report it", inDialog: true);
        await person.NoDialogAsync();

        await person.PressAsync("Edit");
        await person.Page.GetByLabel("AMOUNT_DAILY").ClickAsync();
        await person.PressAsync("Dry run", inDialog: true);
        await ForeseenAsync(person);
        await ShootAsync(person, "mode");
        await person.PressAsync("Cancel", inDialog: true);
        await person.NoDialogAsync();

        await person.GoAsync("/buyers");
        await person.Page.GetByText("Acme Corporation").First.ClickAsync();
        await person.PressAsync("Dry run");
        await ForeseenAsync(person);
        await person.Page.GetByText("The sum", new PageGetByTextOptions { Exact = true }).First.ClickAsync();
        await person.Page.Locator(".dry-run-sum").WaitForAsync();
        await ShootAsync(person, "buyer");
        await person.PressAsync("Close", inDialog: true);
        await person.NoDialogAsync();

        await person.GoAsync("/products");
        await person.Page.GetByText("Vendor Platform").First.ClickAsync();
        await person.PressAsync("Remove conversion of api_calls");
        await person.PressAsync("Dry run", inDialog: true);
        await ForeseenAsync(person);
        await ShootAsync(person, "remove-conversion");
        await person.PressAsync("Cancel", inDialog: true);
        await person.NoDialogAsync();
        await person.PressAsync("Set price of usage_fee");
        await person.TypeAsync("Unit price in USD", "0.05");
        await person.PressAsync("Dry run", inDialog: true);
        await ForeseenAsync(person);
        await ShootAsync(person, "price");

        Assert.Empty(person.ConsoleErrors);
    }

    private static async Task AddBuyerAsync(Browser person, DateTimeOffset startsAt)
    {
        await person.GoAsync("/buyers");
        await person.PressAsync("New buyer");
        await person.TypeAsync("Name", "Acme Corporation");
        await person.PressAsync("Create", inDialog: true);
        await person.NoDialogAsync();
        await person.PressAsync("New entitlement");
        await person.ChooseAsync("Product", "Vendor Platform");
        await person.TypeAsync("AWS account ID", "222222222222");
        await person.TypeAsync("License ARN", MainJobWalk.Licence);
        await person.TypeAsync("Starts at (UTC)", startsAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture));
        await person.PressAsync("Create", inDialog: true);
        await person.NoDialogAsync();
    }

    private static Task ForeseenAsync(Browser person) => person.Page.Locator(".dry-run-sentence").First.WaitForAsync();

    /// <summary>On a desk, a tablet and a telephone; nothing of the dialog may stick out of it.</summary>
    private static async Task ShootAsync(Browser person, string name)
    {
        foreach (int width in (int[])[1440, 768, 320])
        {
            await person.Page.SetViewportSizeAsync(width, 900);
            await person.Page.Locator(".dry-run").ScrollIntoViewIfNeededAsync();
            await person.ShootAsync($"{name}-{width}");
            Assert.Equal("", await person.Page.EvaluateAsync<string>(
                """
                () => [...document.querySelectorAll('.dry-run *')]
                    .filter(element => element.getBoundingClientRect().right > document.querySelector('.mud-dialog').getBoundingClientRect().right + 1)
                    .filter(element => !element.closest('.mud-table-container'))
                    .map(element => element.outerHTML.slice(0, 120)).join('\n')
                """));
        }

        await person.Page.SetViewportSizeAsync(1440, 900);
    }
}
