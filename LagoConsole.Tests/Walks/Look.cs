using System.Globalization;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using LagoConsole.Components.DryRun;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Playwright;
using Xunit;

namespace LagoConsole.Tests.Walks;

/// <summary>
/// Looks at what is on the screen: keeps a picture, and notes what sticks out and what axe finds. Nothing is asserted before the
/// end, so that one walk says all that is wrong.
/// </summary>
internal sealed partial class Look(Browser person)
{
    /// <summary>
    /// The narrowest screen that WCAG asks for, and by night; the widest and a tablet by day. Colours are the same at each width.
    /// </summary>
    private static readonly (int Width, ColorScheme Scheme)[] _dialogScreens =
        [(1440, ColorScheme.Light), (768, ColorScheme.Light), (320, ColorScheme.Dark)];

    private readonly List<string> _problems = [];
    private readonly List<Type> _opened = [];
    private (int Width, ColorScheme Scheme) _screen = (1440, ColorScheme.Light);

    /// <summary>What is wrong, each once.</summary>
    public string Problems => string.Join('\n', _problems.Distinct(StringComparer.Ordinal));

    /// <summary>The dialogs that were looked at.</summary>
    public IEnumerable<Type> Opened => _opened.Distinct();

    /// <summary>A page of its own at each of these screens.</summary>
    public async Task PageAsync(string address, string name, IEnumerable<(int Width, ColorScheme Scheme)> screens)
    {
        foreach ((int width, ColorScheme scheme) in screens)
        {
            await TurnAsync(width, scheme);
            await person.GoAsync(address);
            await PresentAsync(name, wholePage: true);
        }

        await TurnAsync(1440, ColorScheme.Light);
    }

    /// <summary>
    /// Opens a dialog, looks at it on each screen for dialogs, and closes it with Escape, which gives the focus back to what opened
    /// it.
    /// </summary>
    /// <param name="fill">What a person does in it before it is looked at.</param>
    /// <param name="returnsTo">Where the opener is gone with the menu that it was in.</param>
    public async Task DialogAsync<TDialog>(string name, ILocator opener, Func<Task>? fill = null, ILocator? returnsTo = null)
        where TDialog : IComponent
    {
        IElementHandle back = await (returnsTo ?? opener).ElementHandleAsync();
        await OpenAsync<TDialog>(name, opener);
        await (fill?.Invoke() ?? Task.CompletedTask);
        await StateAsync(name);
        if (fill is not null)
        {
            await person.Page.Locator(".mud-dialog button:visible").Last.FocusAsync(); // what was typed was left
        }
        else if (!await ComesAsync("() => !!document.activeElement?.closest('.mud-dialog')"))
        {
            Note($"{name}: the focus was lost while it was open, and is on {await FocusAsync()}.");
        }

        await person.Page.Keyboard.PressAsync("Escape");
        if (!await ComesAsync("() => !document.querySelector('.mud-dialog')"))
        {
            Note($"{name}: Escape does not close it.");
            await person.PressAsync("Cancel", inDialog: true);
            await person.NoDialogAsync();
        }
        else if (!await ComesAsync("back => document.activeElement === back", back))
        {
            Note($"{name}: the focus does not return to what opened it, but is on {await FocusAsync()}.");
        }
    }

    /// <summary>Opens a dialog for a walk that goes on in it.</summary>
    public async Task OpenAsync<TDialog>(string name, ILocator opener)
        where TDialog : IComponent
    {
        await opener.ClickAsync();
        await person.Page.Locator(".mud-dialog").First.WaitForAsync();
        _opened.Add(typeof(TDialog));
        string first = typeof(TDialog) == typeof(DryRunDialog) ? "*" : "a, button, input, textarea"; // its first button goes with the run that it stops
        if (!await ComesAsync("first => !!document.activeElement?.closest('.mud-dialog') && document.activeElement.matches(first)", first))
        {
            Note($"{name}: the focus is on nothing in it that takes a key, but on {await FocusAsync()}.");
        }
    }

    /// <summary>What is open now, on each screen for dialogs.</summary>
    public async Task StateAsync(string name)
    {
        foreach ((int width, ColorScheme scheme) in _dialogScreens)
        {
            await TurnAsync(width, scheme);
            await PresentAsync(name, wholePage: false);
        }

        await TurnAsync(1440, ColorScheme.Light);
    }

    /// <summary>Opens the list of a field, looks at it, and closes it with Escape, which closes nothing else.</summary>
    public async Task ListAsync(string name, ILocator field)
    {
        bool inDialog = await person.Page.Locator(".mud-dialog").CountAsync() > 0;
        await field.ClickAsync();
        await person.Page.Locator(".mud-popover-open .mud-list-item").First.WaitForAsync();
        await StateAsync(name);
        await person.Page.Keyboard.PressAsync("Escape");
        if (!await ComesAsync("() => !document.querySelector('.mud-popover-open')"))
        {
            Note($"{name}: Escape does not close the list.");
        }

        if (inDialog && await person.Page.Locator(".mud-dialog").CountAsync() == 0)
        {
            Note($"{name}: Escape closes the dialog with the list.");
        }
    }

    private async Task TurnAsync(int width, ColorScheme scheme)
    {
        _screen = (width, scheme);
        await person.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        await person.Page.SetViewportSizeAsync(width, 900);
    }

    private async Task PresentAsync(string name, bool wholePage)
    {
        (int width, ColorScheme scheme) = _screen;
        string screen = string.Create(CultureInfo.InvariantCulture, $"{name}-{width}-{scheme.ToString().ToLowerInvariant()}");
        await person.Page.Locator("[role=progressbar], .overview-room").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        await person.UntilAsync(
            """
            dark => {
              const background = getComputedStyle(document.documentElement).getPropertyValue("--mud-palette-background");
              return (Number(background.match(/\d+/)?.[0]) < 128) === dark;
            }
            """,
            scheme == ColorScheme.Dark); // the palette of the system arrives after the first picture
        await person.Page.WaitForTimeoutAsync(100);
        await person.ShootAsync(screen, wholePage);
        foreach (string problem in (await StickingOutAsync()).Concat(await TornWordsAsync()).Concat(await AxeAsync(all: wholePage || width != 768)))
        {
            Note($"{Address().Replace(person.Page.Url, "")} {screen}: {problem}");
        }
    }

    /// <summary>In the output at once: a walk that breaks off has said by then what it saw.</summary>
    private void Note(string problem)
    {
        _problems.Add(problem);
        TestContext.Current.TestOutputHelper?.WriteLine(problem);
    }

    /// <summary>
    /// Of the page, and of a dialog: what scrolls sideways there. A table may, in a room of its own. And what lies upon a dialog's
    /// buttons.
    /// </summary>
    private Task<string[]> StickingOutAsync() => person.Page.EvaluateAsync<string[]>(
        """
        () => {
          const out = [];
          const over = document.documentElement.scrollWidth - innerWidth;
          if (over > 0) {
            out.push(`${over} px of the page stick out.`);
          }
          for (const dialog of document.querySelectorAll(".mud-dialog, dialog[open]")) {
            const room = dialog.getBoundingClientRect();
            if (room.left < 0 || room.right > innerWidth) {
              out.push("The dialog is wider than the screen.");
            }
            for (const part of dialog.querySelectorAll("*")) {
              const place = part.getBoundingClientRect();
              if (place.width > 1 && place.right > room.right + 1 && !part.closest(".mud-table-container, .sr-only, .mud-sr-only, .log-lines, .mud-ripple-effect")) {
                out.push(`${Math.round(place.right - room.right)} px of the dialog stick out: ${part.outerHTML.slice(0, 160)}`);
                break;
              }
            }
            for (const button of dialog.querySelectorAll(".mud-dialog-actions button:not([hidden])")) {
              const place = button.getBoundingClientRect();
              for (const message of document.querySelectorAll(".mud-snackbar")) {
                const over = message.getBoundingClientRect();
                if (over.left < place.right && over.right > place.left && over.top < place.bottom && over.bottom > place.top) {
                  out.push(`“${message.textContent.trim()}” stands upon ${button.textContent.trim()}.`);
                }
              }
            }
          }
          return out;
        }
        """);

    /// <summary>
    /// Short words and codes that go on in the next line. One that is longer than the room of its column on a telephone may: nothing
    /// says where an id could be broken.
    /// </summary>
    private Task<string[]> TornWordsAsync() => person.Page.EvaluateAsync<string[]>(
        """
        () => {
          const torn = new Set();
          const room = document.querySelector(".mud-dialog") ?? document.querySelector("main") ?? document.body;
          const texts = document.createTreeWalker(room, NodeFilter.SHOW_TEXT);
          const range = document.createRange();
          for (let text = texts.nextNode(); text; text = texts.nextNode()) {
            range.selectNodeContents(text);
            const folded = text.parentElement.closest("thead"); // where rows are stacked, its words stand beside each cell
            if (range.getClientRects().length < 2 || folded?.offsetWidth <= 1 || text.parentElement.closest(".sr-only, .mud-sr-only, pre, script, style")) {
              continue;
            }
            for (const word of text.data.matchAll(/[\p{L}\p{N}_](?:[\p{L}\p{N}_.,]{0,18}[\p{L}\p{N}_])/gu)) {
              range.setStart(text, word.index);
              range.setEnd(text, word.index + word[0].length);
              const lines = new Set([...range.getClientRects()].filter(line => line.width > 0).map(line => Math.round(line.top)));
              const before = text.data[word.index - 1] ?? " ";
              const after = text.data[word.index + word[0].length] ?? " ";
              if (lines.size > 1 && /[\s(]/.test(before) && /[\s.,:;)]/.test(after)) {
                torn.add(`“${word[0]}” goes on in the next line: ${text.parentElement.outerHTML.slice(0, 120)}`);
              }
            }
          }
          return [...torn];
        }
        """);

    /// <param name="all">False: only what a width changes, where the same colours and names were held against all rules already.</param>
    private async Task<string[]> AxeAsync(bool all)
    {
        if (await person.Page.EvaluateAsync<bool>("() => !window.axe"))
        {
            await person.Page.EvaluateAsync(new BundledAxeScriptProvider().GetScript());
        }

        return await person.Page.EvaluateAsync<string[]>(
            """
            async all => (await axe.run(document, { resultTypes: ["violations"], ...(all ? {} : { runOnly: ["scrollable-region-focusable"] }) })).violations
              .flatMap(violation => violation.nodes.map(node => `${violation.id} (${violation.impact}): ${node.html.slice(0, 200)} ${node.failureSummary}`))
            """,
            all);
    }

    private Task<string> FocusAsync() => person.Page.EvaluateAsync<string>("() => document.activeElement?.outerHTML.slice(0, 160) ?? 'nothing'");

    private async Task<bool> ComesAsync(string question, object? about = null)
    {
        try
        {
            await person.UntilAsync(question, about, seconds: 5);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    [GeneratedRegex("^https?://[^/]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}
