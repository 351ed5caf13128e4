using Microsoft.Playwright;

namespace LagoConsole.Tests.Support;

/// <summary>A person without a mouse: reaches everything with Tab, and by the names that a screen reader says.</summary>
public sealed class Keyboard(Browser browser)
{
    /// <summary>More than any page has places to stop at.</summary>
    private const int MostStops = 200;

    private IPage Page => browser.Page;

    public Task PressKeyAsync(string key) => Page.Keyboard.PressAsync(key);

    /// <summary>The console's own keys: <c>g</c> and the page's letter.</summary>
    public async Task GoAsync(char letter, string title)
    {
        await PressKeyAsync("g");
        await PressKeyAsync(letter.ToString());
        await ArriveAsync(title);
    }

    /// <summary>Waits until the page of this title stands: it puts the focus on its title, and a key pressed before that goes nowhere.</summary>
    public Task ArriveAsync(string title) =>
        browser.UntilAsync("title => document.querySelector('h1')?.textContent === title && document.activeElement?.tagName === 'H1'", title);

    /// <summary>Goes on with Tab until the focus is on what is called so.</summary>
    /// <param name="kind">Which elements it may be; a radio is often called as a button below it.</param>
    public async Task FocusAsync(string name, string kind = "*")
    {
        for (int stop = 0; stop < MostStops; stop++)
        {
            if ((await NameAsync()).StartsWith(name, StringComparison.Ordinal) && await Page.EvaluateAsync<bool>("kind => document.activeElement.matches(kind)", kind))
            {
                return;
            }

            await PressKeyAsync("Tab");
        }

        await browser.ShootAsync("not-reached");
        throw new TimeoutException($"Tab does not reach \"{name}\".");
    }

    public async Task PressAsync(string button)
    {
        await FocusAsync(button, "a, button");
        await PressKeyAsync("Enter");
    }

    /// <summary>Presses what opens a dialog, and waits until the focus is on its first field or button.</summary>
    public async Task OpenAsync(string button)
    {
        await PressAsync(button);
        await browser.UntilAsync("() => !!document.activeElement?.closest('.mud-dialog') && document.activeElement.matches('a, button, input, textarea')");
    }

    /// <summary>Presses what ends a dialog, and waits until the focus is back on the page.</summary>
    public async Task EndAsync(string button)
    {
        await PressAsync(button);
        await browser.NoDialogAsync();
        await browser.UntilAsync("() => document.activeElement !== document.body");
    }

    /// <summary>Types into a field and leaves it.</summary>
    public async Task TypeAsync(string field, string text)
    {
        await FocusAsync(field);
        await PressKeyAsync("Control+A");
        await Page.Keyboard.TypeAsync(text);
        if (!await Page.EvaluateAsync<bool>("text => document.activeElement.value === text", text) || !(await NameAsync()).StartsWith(field, StringComparison.Ordinal))
        {
            await browser.ShootAsync("not-typed");
            throw new InvalidOperationException($"\"{field}\" does not take \"{text}\"; the focus is on \"{await NameAsync()}\".");
        }

        await PressKeyAsync("Tab");
    }

    /// <summary>Chooses from a list: goes down its entries until this one is chosen.</summary>
    public async Task ChooseAsync(string field, string entry)
    {
        await FocusAsync(field);
        for (int down = 0; down < MostStops; down++)
        {
            string chosen = await ChosenAsync();
            if (chosen.Contains(entry, StringComparison.Ordinal))
            {
                return;
            }

            await PressKeyAsync("ArrowDown");
            for (int look = 0; look < 20 && await ChosenAsync() == chosen; look++)
            {
                await Page.WaitForTimeoutAsync(50); // the server answers each key
            }
        }

        await browser.ShootAsync("not-chosen");
        throw new TimeoutException($"\"{field}\" has no \"{entry}\".");
    }

    /// <summary>Types into a field that searches, and takes the first entry found.</summary>
    public async Task PickAsync(string field, string text)
    {
        await FocusAsync(field);
        await Page.Keyboard.TypeAsync(text);
        ILocator entries = Page.Locator(".mud-popover-open .mud-list-item");
        await entries.First.WaitForAsync();
        await Assertions.Expect(entries.Filter(new LocatorFilterOptions { HasNotText = text })).ToHaveCountAsync(0);
        await PressKeyAsync("Enter");
        await entries.First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Hidden });
    }

    /// <summary>Goes through a group of radios with the arrows.</summary>
    public async Task TakeAsync(string radio)
    {
        for (int stop = 0; stop < MostStops && !await Page.EvaluateAsync<bool>("document.activeElement.type === 'radio'"); stop++)
        {
            await PressKeyAsync("Tab");
        }

        for (int down = 0; down < 10 && !(await NameAsync()).StartsWith(radio, StringComparison.Ordinal); down++)
        {
            await PressKeyAsync("ArrowDown");
            await Page.WaitForTimeoutAsync(60);
        }

        await PressKeyAsync("Space");
    }

    private Task<string> ChosenAsync() => Page.EvaluateAsync<string>("document.activeElement.value ?? document.activeElement.textContent");

    /// <summary>What the focus is on, as its label or its own words say.</summary>
    private Task<string> NameAsync() => Page.EvaluateAsync<string>(
        """
        () => {
          const words = (element) => (element?.textContent ?? "").trim().replace(/\s+/g, " ");
          const field = document.activeElement;
          if (!field.matches("a, button, input, select, textarea, [role], .mud-select *") || field.matches("[role=dialog], [role=region]")) {
            return ""; // a place to stop at, and nothing to press
          }
          return field.getAttribute("aria-label") || words(field.labels?.[0]) || words(field.closest(".mud-input-control")?.querySelector("label")) || words(field);
        }
        """);
}
