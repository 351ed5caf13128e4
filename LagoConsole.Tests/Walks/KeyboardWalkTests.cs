using Deque.AxeCore.Commons;
using LagoConsole.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace LagoConsole.Tests.Walks;

/// <summary>The main job by keyboard alone, and the habits that people have: help, search, times, and a connection that breaks.</summary>
[Trait("Category", "Browser")]
[Collection(Walk.Name)]
public sealed class KeyboardWalkTests
{
    [Fact]
    public async Task From_signing_in_to_the_sum_behind_a_record_no_mouse_is_needed()
    {
        await using ConsoleProcess console = new();
        await console.StartAsync();
        await using Browser person = await Browser.OpenAsync(console.Address, "keyboard");
        ICDPSession zone = await person.Page.Context.NewCDPSessionAsync(person.Page);
        await zone.SendAsync("Emulation.setTimezoneOverride", new Dictionary<string, object>(StringComparer.Ordinal) { ["timezoneId"] = "Asia/Kolkata" });
        Keyboard keys = new(person);

        await person.Page.GotoAsync("/login");
        await keys.TypeAsync("Name", "ada");
        await keys.PressAsync("Sign in");
        await person.AnswersAsync();
        await ConnectAsync(person, keys);
        await AddProductAsync(keys);
        await AddBuyerAsync(person, keys);
        await EnableAutoReportAsync(person, keys);
        await LetAnHourPassAsync(person, keys);
        await OpenRecordAsync(person, keys);
        await SeeTheFocusAsync(person);

        await HelpAsync(person, keys);
        await TimesAsync(person, keys);
        await LoseTheConnectionAsync(person, keys);
        Assert.DoesNotContain(person.ConsoleErrors, error => error.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase));
    }

    private static async Task ConnectAsync(Browser person, Keyboard keys)
    {
        await keys.GoAsync('i', "Integrations");
        await keys.OpenAsync("Connect");
        await keys.PressAsync("Use the sandbox's key");
        await keys.EndAsync("Connect");
        await keys.PressAsync("VERIFY");
        await person.SeeAsync("Verified: Lago answers");
    }

    private static async Task AddProductAsync(Keyboard keys)
    {
        await keys.GoAsync('d', "Products");
        await keys.OpenAsync("New product");
        await keys.TypeAsync("Name", "Vendor Platform");
        await keys.ChooseAsync("AWS region", "us-east-1");
        await keys.EndAsync("Create");
        await keys.ArriveAsync("Vendor Platform");
        await keys.OpenAsync("Add dimension");
        await keys.TypeAsync("Dimension key", "usage_fee");
        await keys.TypeAsync("Name", "Usage");
        await keys.TypeAsync("Unit price", "0.01");
        await keys.EndAsync("Add");
        await keys.OpenAsync("Add conversion");
        await keys.PickAsync("Lago metric", "api_calls");
        await keys.ChooseAsync("Dimension", "usage_fee");
        await keys.EndAsync("Add");
    }

    private static async Task AddBuyerAsync(Browser person, Keyboard keys)
    {
        await keys.GoAsync('b', "Buyers");
        await keys.OpenAsync("New buyer");
        await keys.TypeAsync("Name", "Acme Corporation");
        await keys.EndAsync("Create");
        await keys.ArriveAsync("Acme Corporation");
        await keys.OpenAsync("New entitlement");
        await keys.ChooseAsync("Product", "Vendor Platform");
        await keys.TypeAsync("AWS account ID", "222222222222");
        await keys.TypeAsync("License ARN", MainJobWalk.Licence);
        await keys.EndAsync("Create");
        await keys.PickAsync("Lago Customer ID", "cus_acme");
        await keys.OpenAsync("Save Lago Customer ID");
        await keys.TakeAsync("From zero");
        await keys.EndAsync("Save");
        await person.UntilAsync("() => document.activeElement.matches('h2') && document.activeElement.textContent === 'Lago Customer ID'"); // what opened the dialog is gone
    }

    private static async Task EnableAutoReportAsync(Browser person, Keyboard keys)
    {
        await keys.GoAsync('i', "Integrations");
        await keys.OpenAsync("Edit");
        await keys.FocusAsync("Enable Auto Report Usage");
        await keys.PressKeyAsync("Space");
        await keys.PressAsync("Save");
        await person.Page.Locator("#edit-report-it").WaitForAsync();
        await keys.EndAsync("Report it");
    }

    private static async Task LetAnHourPassAsync(Browser person, Keyboard keys)
    {
        await keys.GoAsync('x', "Sandbox");
        string? before = await person.Page.Locator("#sandbox-now").TextContentAsync();
        await keys.PressAsync("+1 hour");
        await person.UntilAsync(
            "before => document.querySelector('#sandbox-now').textContent !== before && !document.querySelector('#sandbox-progress')", before, seconds: 60);
        await person.UntilAsync("() => document.activeElement.id === 'pass-hour'"); // the button was switched off meanwhile
    }

    private static async Task OpenRecordAsync(Browser person, Keyboard keys)
    {
        ILocator accepted = person.Page.Locator(".mud-chip", new PageLocatorOptions { HasText = "ACCEPTED" });
        for (int look = 0; look < 30 && await accepted.CountAsync() == 0; look++)
        {
            await keys.GoAsync('j', "Jobs");
            await keys.GoAsync('r', "Records");
            await person.Page.WaitForTimeoutAsync(1_000);
        }

        await keys.PressKeyAsync("/");
        await person.UntilAsync("() => document.activeElement?.id === 'record-search'");
        await keys.PressAsync("The sum behind Acme Corporation");
        await person.Page.Locator("#record-sum").WaitForAsync();
        await person.ShootAsync("record");
    }

    /// <summary>Down and up a long page on a small screen: where the focus is, it is not below the bar (WCAG 2.4.11).</summary>
    private static async Task SeeTheFocusAsync(Browser person)
    {
        await person.Page.SetViewportSizeAsync(320, 400);
        await person.UntilAsync(
            """
            () => {
              const height = document.documentElement.scrollHeight;
              window.sameHeight = window.lastHeight === height ? window.sameHeight + 1 : 0;
              window.lastHeight = height;
              return window.sameHeight === 10;
            }
            """); // the server draws some parts anew for another width: a second without a change
        List<string> hidden = [];
        foreach (string key in (string[])["Tab", "Shift+Tab"])
        {
            for (int stop = 0; stop < 25; stop++)
            {
                await person.Page.Keyboard.PressAsync(key);
                hidden.Add(await person.Page.EvaluateAsync<string>(
                    """
                    () => {
                      const part = document.activeElement;
                      const place = part.getBoundingClientRect();
                      const bar = document.querySelector(".console-appbar").getBoundingClientRect().bottom;
                      return part.closest("main") && (place.bottom <= bar || place.top >= innerHeight) ? `${Math.round(place.top)} to ${Math.round(place.bottom)} px: ${part.outerHTML.slice(0, 160)}` : "";
                    }
                    """));
            }
        }

        Assert.DoesNotContain(hidden, part => part.Length > 0);
        await person.Page.SetViewportSizeAsync(1440, 900);
    }

    private static async Task HelpAsync(Browser person, Keyboard keys)
    {
        await keys.GoAsync('j', "Jobs");
        await person.SeeAsync("increments from");
        await keys.PressKeyAsync("?");
        await person.UntilAsync("() => document.querySelector('#keys-help').open && !!document.activeElement?.closest('#keys-help')");
        await person.ShootAsync("help", 1440, 320);
        await person.Page.EvaluateAsync(new BundledAxeScriptProvider().GetScript());
        Assert.Empty(await person.Page.EvaluateAsync<string[]>(
            "async () => (await axe.run('#keys-help')).violations.flatMap(violation => violation.nodes.map(node => `${violation.id}: ${node.html}`))"));
        await keys.PressKeyAsync("Escape");
        await person.UntilAsync("() => !document.querySelector('#keys-help').open");
    }

    /// <summary>How long ago, counted from the console's clock, and the browser's zone: half an hour off UTC's hours.</summary>
    private static async Task TimesAsync(Browser person, Keyboard keys)
    {
        string beside = await person.Page.Locator("#history time").First.GetAttributeAsync("data-beside") ?? "";
        Assert.Matches("^(just now|\\d+ (minutes?|hours?) ago) · .*(GMT\\+5:30|IST)$", beside);
        await person.ShootAsync("jobs", 1440, 768, 320);
        await person.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await person.ShootAsync("jobs-dark", 1440);
        await person.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });

        await keys.PressAsync("Details of");
        await person.SeeAsync("Its other runs");
        await person.ShootAsync("run", 1440, 320);
    }

    private static async Task LoseTheConnectionAsync(Browser person, Keyboard keys)
    {
        Assert.Equal("rgb(27, 36, 48) rgb(255, 255, 255) rgb(255, 255, 255)", await person.Page.EvaluateAsync<string>(
            """
            () => {
              const notice = document.querySelector("#components-reconnect-modal");
              notice.classList.add("components-reconnect-show");
              const { backgroundColor, color } = getComputedStyle(notice);
              notice.classList.remove("components-reconnect-show");
              return `${backgroundColor} ${color} ${getComputedStyle(notice.querySelector("button")).color}`;
            }
            """)); // axe looks at what is shown, and this is shown when nothing can be asked
        await person.Page.EvaluateAsync("Blazor._internal.forceCloseConnection()");
        await person.UntilAsync("() => document.querySelector('#components-reconnect-modal').classList.contains('components-reconnect-hide')", seconds: 30);
        await keys.GoAsync('j', "Jobs"); // the same circuit answers again

        await person.Page.SetViewportSizeAsync(1440, 400);
        await person.Page.EvaluateAsync("scrollTo(0, 250)");
        TaskCompletionSource loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        person.Page.Load += (_, _) => loaded.TrySetResult();
        await person.Page.EvaluateAsync(
            """
            () => {
              document.querySelector("#components-reconnect-modal").dispatchEvent(new CustomEvent("components-reconnect-state-changed", { detail: { state: "rejected" } }));
            }
            """);
        await loaded.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken);
        await person.UntilAsync("() => !!document.querySelector('[data-interactive=true]') && scrollY === 250", seconds: 30);
        Assert.EndsWith("/jobs", person.Page.Url, StringComparison.Ordinal);
    }
}
