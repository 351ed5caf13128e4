using LagoConsole.Tests.Support;
using Microsoft.Playwright;

namespace LagoConsole.Tests.Walks;

/// <summary>The main job as a newcomer does it, by labels and visible text.</summary>
public static class MainJobWalk
{
    public const string Licence = "arn:aws:license-manager::111111111111:license:l-0123456789abcdef0123456789abcdef";

    public static async Task ConnectAndVerifyAsync(Browser person)
    {
        await person.GoAsync("/integrations");
        await person.PressAsync("Connect");
        await person.PressAsync("Use the sandbox's key", inDialog: true);
        await person.ShootAsync("connect");
        await person.PressAsync("Connect", inDialog: true);
        await person.NoDialogAsync();
        await person.PressAsync("VERIFY");
        await person.SeeAsync("Verified: Lago answers");
        await person.ShootAsync("verified");
    }

    public static Task AddProductAsync(Browser person) => AddProductAsync(person, WalkListing.Aws);

    public static async Task AddProductAsync(Browser person, WalkListing listing)
    {
        await person.GoAsync("/products");
        await person.PressAsync("New product");
        await person.TypeAsync("Name", "Vendor Platform");
        if (listing.Marketplace is { } marketplace)
        {
            await person.ChooseAsync("Marketplace", marketplace);
        }

        await listing.TypeListingAsync(person);
        await person.ShootAsync("listing");
        await person.PressAsync("Create", inDialog: true);
        await person.NoDialogAsync();
        await person.PressAsync("Add dimension");
        await person.TypeAsync("Dimension key", listing.Dimension);
        await person.TypeAsync("Name", "Usage");
        await person.TypeAsync("Unit price", "0.01");
        await person.ShootAsync("dimension");
        await person.PressAsync("Add", inDialog: true);
        await person.NoDialogAsync();
        foreach (string metric in (string[])["api_calls", "storage_gb", "seats"])
        {
            await person.PressAsync("Add conversion");
            await person.PickAsync("Lago metric", metric);
            await person.ChooseAsync("Dimension", listing.Dimension);
            await person.PressAsync("Add", inDialog: true);
            await person.NoDialogAsync();
        }

        await person.ShootAsync("product");
    }

    public static Task AddBuyerAsync(Browser person, string customer = "cus_acme") => AddBuyerAsync(person, WalkListing.Aws, customer);

    public static async Task AddBuyerAsync(Browser person, WalkListing listing, string customer = "cus_acme")
    {
        await person.GoAsync("/buyers");
        await person.PressAsync("New buyer");
        await person.TypeAsync("Name", "Acme Corporation");
        await person.PressAsync("Create", inDialog: true);
        await person.NoDialogAsync();
        await person.PressAsync("New entitlement");
        await person.ChooseAsync("Product", "Vendor Platform");
        foreach ((string label, string text) in listing.Purchase)
        {
            await person.TypeAsync(label, text);
        }

        await person.ShootAsync("entitlement");
        await person.PressAsync("Create", inDialog: true);
        await person.NoDialogAsync();

        await person.PickAsync("Lago Customer ID", customer, inDialog: false);
        await person.PressAsync("Save Lago Customer ID");
        await person.Page.GetByLabel("From zero").ClickAsync();
        await person.ShootAsync("link-start");
        await person.PressAsync("Save", inDialog: true);
        await person.NoDialogAsync();
        await person.ShootAsync("buyer");
    }

    public static async Task EnableAutoReportAsync(Browser person)
    {
        await person.GoAsync("/integrations");
        await person.PressAsync("Edit");
        await person.Page.GetByText("Enable Auto Report Usage").ClickAsync();
        await person.PressAsync("Save", inDialog: true);
        await person.Page.Locator("#edit-report-it").WaitForAsync();
        await person.ShootAsync("what-accrued");
        await person.PressAsync("Report it", inDialog: true);
        await person.NoDialogAsync();
    }

    public static async Task LetAnHourPassAsync(Browser person)
    {
        await person.GoAsync("/sandbox");
        string? before = await person.Page.Locator("#sandbox-now").TextContentAsync();
        await person.PressAsync("+1 hour");

        // To its end: who leaves the page stops the clock where it stands.
        await person.UntilAsync(
            "before => document.querySelector('#sandbox-now').textContent !== before && !document.querySelector('#sandbox-progress')", before, seconds: 60);
    }

    /// <summary>Looks again, as a person does, until a record is accepted, and opens it.</summary>
    public static async Task OpenAcceptedRecordAsync(Browser person)
    {
        ILocator accepted = person.Page.Locator(".mud-chip", new PageLocatorOptions { HasText = "ACCEPTED" });
        for (int look = 0; look < 60; look++)
        {
            await person.GoAsync("/records");
            await person.Page.WaitForTimeoutAsync(1_000);
            if (await accepted.CountAsync() > 0)
            {
                await person.ShootAsync("records");
                await person.Page.Locator("td a[href^='/records/'], td a[href^='records/']").First.ClickAsync();
                await person.Page.Locator("#record-sum").WaitForAsync();
                return;
            }
        }

        await person.ShootAsync("no-record");
        throw new TimeoutException("No record was accepted.");
    }
}
