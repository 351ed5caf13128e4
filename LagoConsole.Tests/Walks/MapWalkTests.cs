using System.Text;
using LagoConsole.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace LagoConsole.Tests.Walks;

/// <summary>A look at Lago, an accepted suggestion and a file: Lago Customer IDs for many buyers, on wide and narrow screens.</summary>
[Trait("Category", "Browser")]
[Collection(Walk.Name)]
public sealed class MapWalkTests
{
    [Fact]
    public async Task Customers_without_a_buyer_are_found_and_mapped_by_suggestion_and_by_file()
    {
        await using ConsoleProcess console = new();
        await console.StartAsync();
        await using Browser person = await Browser.OpenAsync(console.Address, "map");
        await person.SignInAsync();
        await MainJobWalk.ConnectAndVerifyAsync(person);
        foreach (string name in (string[])["Acme Corporation", "Umbrella Ltd"])
        {
            await person.GoAsync("/buyers");
            await person.PressAsync("New buyer");
            await person.TypeAsync("Name", name);
            await person.PressAsync("Create", inDialog: true);
            await person.NoDialogAsync();
        }

        await person.GoAsync("/buyers?sort=-name&show=unlinked");
        await person.SeeAsync("Umbrella Ltd");
        await person.ShootAsync("buyers", 1440, 320);
        await person.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Map Lago customers" }).ClickAsync();
        await person.PressAsync("Look at Lago");
        await person.SeeAsync("is billed to nobody");
        await person.Page.GetByLabel("Accept cus_acme for Acme Corporation").CheckAsync();
        await person.ShootAsync("look", 1440, 768, 320);
        await person.PressAsync("Preview 1 accepted link");
        await person.SeeAsync("Choose from where their usage is billed");
        await person.Page.GetByText("From zero: the present period so far is billed").ClickAsync();
        await person.SeeAsync("of the present amounts is billed");
        await person.ShootAsync("preview", 1440, 320);
        await person.PressAsync("Save 1 link");
        await person.SeeAsync("1 link saved.");

        await person.Page.Locator("#import-file").SetInputFilesAsync(new FilePayload
        {
            Name = "map.csv",
            MimeType = "text/csv",
            Buffer = Encoding.UTF8.GetBytes("buyer name,Lago Customer ID\nUmbrella Ltd,ops@umbrella.example\nNobody,cus_acme\n"),
        });
        await person.SeeAsync("There is no buyer “Nobody”.");
        await person.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await person.ShootAsync("file", 1440, 320);

        Assert.Empty(person.ConsoleErrors);
    }
}
