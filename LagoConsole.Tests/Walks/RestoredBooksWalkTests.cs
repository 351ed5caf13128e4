using System.Text.RegularExpressions;
using LagoConsole.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace LagoConsole.Tests.Walks;

/// <summary>After a restore: what is held is decided key by key, a projection is left to its close, and a write-off names its sums (R20, R8, R7).</summary>
[Trait("Category", "Browser")]
[Collection(Walk.Name)]
public sealed class RestoredBooksWalkTests
{
    private static readonly int[] Widths = [1440, 768, 320];

    [Fact]
    public async Task A_restore_is_declared_and_each_held_key_is_decided_by_what_can_be_known_of_it()
    {
        await using ConsoleProcess console = new();
        await console.StartAsync();
        await using Browser person = await Browser.OpenAsync(console.Address, "restored-books");
        await person.SignInAsync();
        await MainJobWalk.ConnectAndVerifyAsync(person);
        await MainJobWalk.AddProductAsync(person);
        await MainJobWalk.AddBuyerAsync(person, "initech/emea"); // a level over time and two plain metrics, in euros
        await MainJobWalk.EnableAutoReportAsync(person);
        await MainJobWalk.LetAnHourPassAsync(person);

        await person.GoAsync("/books");
        await person.PressAsync("Declare restored");
        await person.TypeAsync("Which backup, and why", "Of last night; the disk failed.");
        await person.PressAsync("Declare restored", inDialog: true);
        await person.NoDialogAsync();
        await person.Page.Locator("#books-restored").WaitForAsync();

        await OpenAsync(person, "disk_level");
        await person.Page.Locator("#held-close").WaitForAsync();
        Assert.Equal(0, await person.Page.Locator("#held-up-to").CountAsync()); // a projection is neither billed nor refused now
        await person.SeeAsync("left to the period's close");
        await ShootAsync(person, "held-projection");
        await DecideAsync(person);

        await OpenAsync(person, "contracted_users");
        await person.Page.Locator("#held-up-to").WaitForAsync();
        await person.TypeAsync("Billed already, EUR", "1000000"); // more than Lago shows
        await person.SeeAsync("more than Lago shows for it now");
        await ShootAsync(person, "held-billed-more");
        await person.PressAsync("None was billed since: all of it flows on", inDialog: true);
        await DecideAsync(person);

        await person.GoAsync("/buyers");
        await person.Page.GetByText("Acme Corporation").First.ClickAsync();
        await person.PressAsync("Remove Lago Customer ID");
        ILocator dialog = person.Page.Locator(".mud-dialog");
        await dialog.GetByText(SumOf("contracted_users")).WaitForAsync(); // the sandbox's usage follows the date: the sums are named, which ones does not matter
        await dialog.GetByText(SumOf("peak_nodes")).WaitForAsync();
        await person.Page.GetByLabel("Write it off").First.ClickAsync();
        await ShootAsync(person, "remove-link");
        await person.PressAsync("Remove", inDialog: true);
        await person.NoDialogAsync();
        await person.SeeAsync("was taken off Acme Corporation");

        Assert.Empty(person.ConsoleErrors);
    }

    private static Regex SumOf(string metric) => new($@"[1-9][0-9,]*\.[0-9]{{2}} EUR of {metric}", RegexOptions.None, TimeSpan.FromSeconds(1));

    private static async Task OpenAsync(Browser person, string metric)
    {
        await person.GoAsync("/waiting");
        await person.Page.Locator($"button[aria-label^='Decide:'][aria-label*=' of {metric} of ']").First.ClickAsync();
        await person.Page.Locator("#held-facts").WaitForAsync();
    }

    private static async Task DecideAsync(Browser person)
    {
        await person.TypeAsync("How you know", "Compared with CloudTrail.");
        await person.Page.Locator("#held-submit").ClickAsync();
        await person.NoDialogAsync();
        await person.SeeAsync("flows on");
    }

    private static async Task ShootAsync(Browser person, string name)
    {
        foreach (int width in Widths)
        {
            await person.Page.SetViewportSizeAsync(width, 900);
            await person.ShootAsync($"{name}-{width}");
        }

        await person.Page.SetViewportSizeAsync(1440, 900);
    }
}
