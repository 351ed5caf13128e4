using System.Text;
using LagoConsole.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace LagoConsole.Tests.Walks;

/// <summary>Purchases from a file and from pasted cells, on wide and narrow screens.</summary>
[Trait("Category", "Browser")]
[Collection(Walk.Name)]
public sealed class ImportWalkTests
{
    [Fact]
    public async Task A_file_is_previewed_imported_without_its_errors_and_changes_nothing_when_it_is_pasted_again()
    {
        await using ConsoleProcess console = new();
        await console.StartAsync();
        await using Browser person = await Browser.OpenAsync(console.Address, "import");
        await person.SignInAsync(role: "Operator");
        await person.GoAsync("/products");
        await person.PressAsync("New product");
        await person.TypeAsync("Name", "Vendor Platform");
        await person.ChooseAsync("AWS region", "us-east-1");
        await person.PressAsync("Create", inDialog: true);
        await person.NoDialogAsync();

        StringBuilder lines = new("buyer name,product name,AWS account ID,license ARN\n");
        for (int buyer = 0; buyer < 400; buyer++)
        {
            lines.Append("Buyer ").Append(buyer).Append(",Vendor Platform,222222222222,arn:aws:license-manager::111111111111:license:l-").Append(buyer.ToString("x32", null)).Append('\n');
        }

        string good = lines.ToString();
        await person.GoAsync("/buyers");
        await person.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Import entitlements" }).ClickAsync();
        await person.Page.GetByText("The columns, in any order").ClickAsync();
        await person.PressAsync("Preview"); // of nothing
        await person.SeeAsync("The file is empty.");
        await person.Page.Locator("#import-file").SetInputFilesAsync(
            new FilePayload { Name = "buyers.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes($"{good}Globex,Nothing,222222222222,\n") });
        await person.SeeAsync("400 new buyers, 400 new purchases, 0 changes, 0 stored already");
        await ShootAsync(person, "preview");
        await person.Page.GetByLabel("Leave out 1 line with errors").CheckAsync();
        await person.PressAsync("Import");
        await person.SeeAsync("Imported: 400 new buyers, 400 new purchases");
        await ShootAsync(person, "imported");

        Assert.True(good.Length > 32 * 1024); // more than one message to the server may be
        await person.Page.Locator("#import-text").FillAsync(good);
        await person.PressAsync("Preview");
        await person.SeeAsync("everything in the file is stored already");
        await ShootAsync(person, "again");

        Assert.Empty(person.ConsoleErrors);
    }

    /// <summary>On a desk, a tablet and a telephone; nothing of the page may stick out of the screen.</summary>
    private static async Task ShootAsync(Browser person, string name)
    {
        foreach (int width in (int[])[1440, 768, 320])
        {
            await person.Page.SetViewportSizeAsync(width, 900);
            await person.ShootAsync($"{name}-{width}");
            Assert.Equal("", await person.Page.EvaluateAsync<string>(
                """
                () => [...document.querySelectorAll('.console-main *')]
                    .filter(element => element.getBoundingClientRect().right > window.innerWidth + 1)
                    .map(element => element.outerHTML.slice(0, 120)).join('\n')
                """));
        }

        await person.Page.SetViewportSizeAsync(1440, 900);
    }
}
