using LagoConsole.Core.Accounts;
using LagoConsole.Sandbox;
using LagoConsole.Tests.Accounts;
using LagoConsole.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace LagoConsole.Tests.Walks;

/// <summary>Marketplace accounts in a browser: added, verified against the sandbox over real sockets, rotated in vain, deleted.</summary>
[Trait("Category", "Browser")]
[Collection(Walk.Name)]
public sealed class AccountsWalkTests
{
    [Fact]
    public async Task An_account_is_added_verified_and_kept_when_a_new_secret_is_wrong()
    {
        await using ConsoleProcess console = new();
        await console.StartAsync();
        await using Browser person = await Browser.OpenAsync(console.Address, "accounts");
        await person.SignInAsync();
        await person.GoAsync("/settings");
        await person.SeeAsync("No account is stored.");

        await person.PressAsync("Add account");
        await person.Page.GetByLabel("Azure Marketplace").ClickAsync();
        await person.Page.GetByLabel("Client secret", new PageGetByLabelOptions { Exact = true }).First.ClickAsync();
        AccountInput app = AccountStage.AzureSecret();
        await person.TypeAsync("Name", app.Name!);
        await person.TypeAsync("Tenant ID", app.AzureTenantId!);
        await person.TypeAsync("Client ID", app.AzureClientId!);
        await person.Page.Locator("#account-secret").FillAsync(SandboxKeys.AzureApp.ClientSecret);
        await ShootAsync(person, "add");
        await person.PressAsync("Add", inDialog: true);
        await person.NoDialogAsync();

        await person.PressAsync("VERIFY");
        await person.SeeAsync("Entra ID gives the app a token");
        await ShootAsync(person, "verified");

        await person.PressAsync("Edit");
        await person.Page.Locator("#account-secret").FillAsync("mistyped-secret");
        await person.PressAsync("Save", inDialog: true);
        await person.SeeAsync("The present credentials stay in use.");
        await ShootAsync(person, "rotation-refused");
        await person.PressAsync("Cancel", inDialog: true);
        await person.NoDialogAsync();
        await person.SeeAsync("VERIFIED");

        await person.PressAsync("Delete");
        await person.PressAsync("Delete", inDialog: true);
        await person.SeeAsync("No account is stored.");
        Assert.Empty(person.ConsoleErrors);
    }

    private static Task ShootAsync(Browser person, string name) => person.ShootAsync(name, 1440, 320);
}
