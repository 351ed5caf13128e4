using LagoConsole.Components.Books;
using LagoConsole.Components.Buyers;
using LagoConsole.Components.DryRun;
using LagoConsole.Components.Fulfilment;
using LagoConsole.Components.History;
using LagoConsole.Components.Integrations;
using LagoConsole.Components.Reports;
using LagoConsole.Components.Shared;
using LagoConsole.Components.Waiting;
using LagoConsole.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace LagoConsole.Tests.Walks;

/// <summary>The dialogs of the daily work, in a console with a refused record, waiting money and held growth, each looked at open.</summary>
[Trait("Category", "Browser")]
[Collection(Walk.Name)]
public sealed class WorkDialogsWalkTests
{
    /// <summary>Well formed, and of no agreement: the marketplace refuses what is reported to it.</summary>
    private static readonly WalkListing _unknown = WalkListing.Aws with
    {
        Purchase = [("AWS account ID", "222222222222"), ("License ARN", "arn:aws:license-manager::111111111111:license:l-00000000000000000000000000000000")],
    };

    public static IReadOnlyList<Type> Dialogs { get; } =
    [
        typeof(ChooseEntitlementDialog), typeof(ConfirmDialog), typeof(DecideHeldDialog), typeof(DeclareRestoredDialog), typeof(DeleteIntegrationDialog),
        typeof(DryRunDialog), typeof(EditEntitlementDialog), typeof(EditIntegrationDialog), typeof(PauseJobDialog), typeof(RegisterPurchaseDialog),
        typeof(RemoveLinkDialog), typeof(SettleRecordDialog), typeof(WriteOffDialog),
    ];

    [Fact]
    public async Task Each_dialog_reads_well_keeps_the_focus_and_gives_it_back()
    {
        await using ConsoleProcess console = new();
        await console.StartAsync();
        await using Browser person = await Browser.OpenAsync(console.Address, "dialogs-work");
        await person.SignInAsync();
        Look look = new(person);
        await MainJobWalk.ConnectAndVerifyAsync(person);
        await MainJobWalk.AddProductAsync(person);
        await MainJobWalk.AddBuyerAsync(person, _unknown, "cus_acme");
        await SwitchOnAsync(person, look);
        await MainJobWalk.LetAnHourPassAsync(person);
        await RefusedAsync(person, look);
        await PurchaseAsync(person, look);
        await CountSomethingAsync(person);
        await MainJobWalk.LetAnHourPassAsync(person);
        await WaitingAsync(person, look);
        await HeldAsync(person, look);
        await FarewellAsync(person, look);
        await FiltersAsync(person, look);

        Assert.Equal("", look.Problems);
        Assert.Empty(person.ConsoleErrors);
        Assert.Equal(Dialogs.Select(dialog => dialog.Name), look.Opened.Select(dialog => dialog.Name).Order(StringComparer.Ordinal));
    }

    private static async Task SwitchOnAsync(Browser person, Look look)
    {
        await person.GoAsync("/integrations");
        await look.DialogAsync<EditIntegrationDialog>("integration-edit", person.Button("Edit"), () => person.Page.GetByText("Held growth and true-ups").ClickAsync());
        await look.OpenAsync<EditIntegrationDialog>("integration-switch-on", person.Button("Edit"));
        await person.Page.GetByText("Enable Auto Report Usage").ClickAsync();
        await person.PressAsync("Save", inDialog: true);
        await person.Page.Locator("#edit-report-it").WaitForAsync();
        await look.StateAsync("integration-switch-on");
        await person.PressAsync("Report it", inDialog: true);
        await person.NoDialogAsync();
    }

    private static async Task RefusedAsync(Browser person, Look look)
    {
        await person.GoAsync("/records");
        await person.Page.Locator("td a[href^='/records/']").First.ClickAsync();
        await look.DialogAsync<SettleRecordDialog>("record-settle", person.Button("Settle as not billed"));
        await look.DialogAsync<ConfirmDialog>("record-send-again", person.Button("Send again"));
        await person.GoAsync("/jobs");
        await look.DialogAsync<PauseJobDialog>("job-pause", person.Page.Locator("button[aria-label^='Pause: ']:not([disabled])").First);
        await person.GoAsync("/purchases");
        await look.DialogAsync<RegisterPurchaseDialog>("purchase-register", person.Button("Register a purchase"));
    }

    /// <summary>Adds a second purchase: what Lago counts from then on waits until a person says on which it is billed.</summary>
    private static async Task PurchaseAsync(Browser person, Look look)
    {
        await OpenBuyerAsync(person);
        await look.DialogAsync<DryRunDialog>("dry-run", person.Button("Dry run"));
        await look.DialogAsync<EditEntitlementDialog>("entitlement-edit", person.Button("Edit entitlement of Vendor Platform"));
        await person.PressAsync("New entitlement");
        await person.TypeAsync("AWS account ID", "222222222222");
        await person.TypeAsync("License ARN", MainJobWalk.Licence);
        await person.PressAsync("Create", inDialog: true);
        await person.NoDialogAsync();
    }

    /// <summary>An hour of the night may bring nothing by itself.</summary>
    private static async Task CountSomethingAsync(Browser person)
    {
        await person.GoAsync("/sandbox");
        const string Totals = "[...document.querySelectorAll('.sandbox-subscription')].map(subscription => subscription.innerText).join('\\n')";
        string before = await person.Page.EvaluateAsync<string>($"() => {Totals}");
        await person.Button("Send units to acme-prod").ClickAsync();
        await person.UntilAsync($"before => {Totals} !== before", before);
    }

    private static async Task WaitingAsync(Browser person, Look look)
    {
        ILocator route = person.Page.Locator("button[aria-label^='Route: ']").First;
        for (int again = 0; again < 60 && await route.CountAsync() == 0; again++)
        {
            await person.GoAsync("/waiting"); // as a person does, until the hour's poll is seen
            await person.Page.WaitForTimeoutAsync(1_000);
        }

        await look.DialogAsync<ChooseEntitlementDialog>("waiting-route", route);
        ILocator more = person.Page.Locator("button[aria-label^='More that resolves']").First;
        await more.ClickAsync();
        await look.DialogAsync<WriteOffDialog>(
            "waiting-write-off", person.Page.Locator(".mud-popover-open .mud-menu-item", new PageLocatorOptions { HasText = "Write off" }), returnsTo: more);
    }

    private static async Task HeldAsync(Browser person, Look look)
    {
        await person.GoAsync("/books");
        ILocator declare = person.Button("Declare restored");
        await look.DialogAsync<DeclareRestoredDialog>("books-restored", declare);
        await declare.ClickAsync();
        await person.TypeAsync("Which backup, and why", "Of last night; the disk failed.");
        await person.PressAsync("Declare restored", inDialog: true);
        await person.NoDialogAsync();
        await person.GoAsync("/waiting");
        await look.DialogAsync<DecideHeldDialog>("held-decide", person.Page.Locator("button[aria-label^='Decide:']").First);
    }

    private static async Task FarewellAsync(Browser person, Look look)
    {
        await OpenBuyerAsync(person);
        await look.DialogAsync<RemoveLinkDialog>("link-remove", person.Button("Remove Lago Customer ID"));
        await person.GoAsync("/integrations");
        await person.PressAsync("Edit");
        await person.Page.GetByText("Enable Auto Report Usage").ClickAsync();
        await look.OpenAsync<ConfirmDialog>("integration-switch-off", person.Button("Save", inDialog: true));
        await person.Button("Switch off", inDialog: true).WaitForAsync();
        await look.StateAsync("integration-switch-off");
        await person.PressAsync("Switch off", inDialog: true);
        await person.NoDialogAsync();
        await look.DialogAsync<DeleteIntegrationDialog>("integration-delete", person.Button("Delete"));
    }

    private static async Task FiltersAsync(Browser person, Look look)
    {
        await person.GoAsync("/audit");
        await look.ListAsync("audit-filter", person.Page.Locator(".mud-select", new PageLocatorOptions { HasText = "What" }).First);
        await person.GoAsync("/records");
        await look.ListAsync("records-filter", person.Page.Locator(".mud-select", new PageLocatorOptions { HasText = "State" }).First);
    }

    private static async Task OpenBuyerAsync(Browser person)
    {
        await person.GoAsync("/buyers");
        await person.Page.GetByText("Acme Corporation").First.ClickAsync();
        await person.Button("Dry run").WaitForAsync();
    }
}
