using LagoConsole.Components.Buyers;
using LagoConsole.Components.DryRun;
using LagoConsole.Components.Integrations;
using LagoConsole.Components.Notifications;
using LagoConsole.Components.Products;
using LagoConsole.Components.Settings;
using LagoConsole.Components.Shared;
using LagoConsole.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace LagoConsole.Tests.Walks;

/// <summary>The dialogs in which a console is set up, each looked at open.</summary>
[Trait("Category", "Browser")]
[Collection(WalkBeside.Name)]
public sealed class SetUpDialogsWalkTests
{
    public static IReadOnlyList<Type> Dialogs { get; } =
    [
        typeof(AddAccountDialog), typeof(AddConversionDialog), typeof(AddDimensionDialog), typeof(ChannelDialog), typeof(ChooseAccountDialog),
        typeof(ConfirmChangeDialog), typeof(ConfirmDialog), typeof(ConnectIntegrationDialog), typeof(DeleteAccountDialog),
        typeof(EditAccountDialog), typeof(LinkStartDialog), typeof(NewBuyerDialog), typeof(NewEntitlementDialog), typeof(NewProductDialog),
        typeof(SetPriceDialog),
    ];

    [Fact]
    public async Task Each_dialog_reads_well_keeps_the_focus_and_gives_it_back()
    {
        await using ConsoleProcess console = new();
        await console.StartAsync();
        await using Browser person = await Browser.OpenAsync(console.Address, "dialogs-set-up");
        await person.SignInAsync();
        Look look = new(person);

        await person.Page.Keyboard.PressAsync("?");
        await person.Page.Locator("#keys-help[open]").WaitForAsync();
        await look.StateAsync("keys");
        await person.Page.Keyboard.PressAsync("Escape");
        await person.Page.Locator("#keys-help[open]").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });

        await person.GoAsync("/integrations");
        await look.DialogAsync<ConnectIntegrationDialog>("connect", person.Button("Connect"), () => person.Page.GetByLabel("Self-hosted URL").ClickAsync());
        await MainJobWalk.ConnectAndVerifyAsync(person);
        await AccountsAsync(person, look);
        await person.GoAsync("/notifications");
        await look.DialogAsync<ChannelDialog>("channel-email", person.Button("Add channel"));
        await look.DialogAsync<ChannelDialog>(
            "channel-webhook", person.Button("Add channel"), () => person.Page.GetByLabel("Webhook", new PageGetByLabelOptions { Exact = true }).ClickAsync());
        await ProductAsync(person, look);
        await BuyerAsync(person, look);

        Assert.Equal("", look.Problems);
        Assert.Empty(person.ConsoleErrors);
        Assert.Equal(Dialogs.Select(dialog => dialog.Name), look.Opened.Select(dialog => dialog.Name).Order(StringComparer.Ordinal));
    }

    /// <summary>A click into a field that finds marks what is in it: what is typed next replaces it.</summary>
    private static async Task ReplaceCurrencyAsync(Browser person)
    {
        ILocator currency = person.Page.Locator(".mud-dialog").GetByLabel("Currency", new LocatorGetByLabelOptions { Exact = true }).First;
        await Assertions.Expect(currency).ToHaveValueAsync("USD");
        await currency.ClickAsync();
        await person.Page.Keyboard.TypeAsync("EUR");
        await Assertions.Expect(currency).ToHaveValueAsync("EUR");
        ILocator euro = person.Page.Locator(".mud-popover-open .mud-list-item", new PageLocatorOptions { HasText = "EUR" }).First;
        await euro.ClickAsync();
        await euro.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Hidden });
    }

    private static async Task AccountsAsync(Browser person, Look look)
    {
        await person.GoAsync("/settings");
        await look.DialogAsync<AddAccountDialog>("account-add", person.Button("Add account"), () => person.Page.GetByLabel("Assumed role").ClickAsync());
        await person.PressAsync("Add account");
        await person.Page.GetByLabel("Profile", new PageGetByLabelOptions { Exact = true }).First.ClickAsync();
        await person.TypeAsync("Name", "Seller account");
        await person.Page.Locator("#account-profile").FillAsync("seller");
        await person.PressAsync("Add", inDialog: true);
        await person.NoDialogAsync();
        await look.DialogAsync<EditAccountDialog>("account-edit", person.Button("Edit"));
        await look.DialogAsync<DeleteAccountDialog>("account-delete", person.Button("Delete"));
        await look.DialogAsync<ConfirmDialog>("sign-ins-end", person.Button("End sign-ins of ada"));
    }

    private static async Task ProductAsync(Browser person, Look look)
    {
        await person.GoAsync("/products");
        await look.DialogAsync<NewProductDialog>(
            "product-new", person.Button("New product"), () => look.ListAsync("product-list", person.Page.Locator(".mud-dialog .mud-select").First));
        await MainJobWalk.AddProductAsync(person);
        await look.DialogAsync<AddDimensionDialog>("dimension-add", person.Button("Add dimension"), () => ReplaceCurrencyAsync(person));
        await look.DialogAsync<SetPriceDialog>("price-set", person.Button("Set price of usage_fee"), () => person.TypeAsync("Unit price in USD", "0.05"));
        await look.DialogAsync<AddConversionDialog>("conversion-add", person.Button("Add conversion"));
        await look.DialogAsync<ConfirmChangeDialog>("conversion-remove", person.Button("Remove conversion of api_calls"));
        await look.DialogAsync<ChooseAccountDialog>("account-choose", person.Button("Choose account"));
    }

    private static async Task BuyerAsync(Browser person, Look look)
    {
        await person.GoAsync("/buyers");
        await look.DialogAsync<NewBuyerDialog>("buyer-new", person.Button("New buyer"));
        await MainJobWalk.AddBuyerAsync(person);
        await look.DialogAsync<NewEntitlementDialog>("entitlement-new", person.Button("New entitlement"));
        await person.PickAsync("Lago Customer ID", "globex.example", inDialog: false);
        await look.DialogAsync<LinkStartDialog>("link-start", person.Button("Change Lago Customer ID"), () => person.Page.GetByLabel("From amounts billed elsewhere").ClickAsync());
    }
}
