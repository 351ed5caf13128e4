using System.Globalization;
using Microsoft.Playwright;
using Xunit;

namespace LagoConsole.Tests.Support;

/// <summary>A real headless Chromium, and a person's way of using a page: by labels and visible text.</summary>
public sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly string _shots;
    private int _shot;

    private Browser(IPlaywright playwright, IBrowser browser, IPage page, string shots)
    {
        _playwright = playwright;
        _browser = browser;
        _shots = shots;
        Page = page;
        Page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                ConsoleErrors.Add(message.Text);
            }
        };
        Page.PageError += (_, error) => ConsoleErrors.Add(error);
    }

    public IPage Page { get; }

    /// <summary>Errors that the browser's console showed.</summary>
    public IList<string> ConsoleErrors { get; } = [];

    /// <param name="walk">Name of the folder that the pictures go into, under the test output's <c>screenshots</c>.</param>
    public static async Task<Browser> OpenAsync(Uri address, string walk)
    {
        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("LAGOCONSOLE_CHROMIUM") ?? "/usr/bin/chromium",
            Headless = true,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        });
        IPage page = await browser.NewPageAsync(new BrowserNewPageOptions
        {
            BaseURL = address.ToString(),
            ViewportSize = new ViewportSize { Width = 1440, Height = 900 },
            IgnoreHTTPSErrors = true, // certificates of the tests' own making
        });
        page.SetDefaultTimeout(60_000);
        string shots = Path.Combine(AppContext.BaseDirectory, "screenshots", walk);
        Directory.CreateDirectory(shots);
        return new Browser(playwright, browser, page, shots);
    }

    /// <summary>Opens a page and waits until it answers.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await AnswersAsync();
    }

    public async Task SignInAsync(string name = "ada", string role = "Admin")
    {
        await Page.GotoAsync("/login");
        await Page.FillAsync("#name", name);
        await Page.SelectOptionAsync("#role", role);
        await Page.ClickAsync("button[type=submit]");
        await AnswersAsync();
    }

    /// <summary>The button of this name.</summary>
    public ILocator Button(string name, bool inDialog = false) =>
        Scope(inDialog).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = name, Exact = true }).First;

    public Task PressAsync(string button, bool inDialog = false) => Button(button, inDialog).ClickAsync();

    public async Task TypeAsync(string label, string text, bool inDialog = true)
    {
        ILocator field = Scope(inDialog).GetByLabel(label, new LocatorGetByLabelOptions { Exact = true }).First;
        await field.FillAsync(text);
        if (await field.InputValueAsync() != text)
        {
            await field.FillAsync(text); // the dialog has just been opened, and put the focus on its first field between two keys
        }

        await field.BlurAsync();
    }

    /// <summary>Chooses from a list: opens the field with this label and takes the entry that contains the text.</summary>
    public async Task ChooseAsync(string label, string entry, bool inDialog = true)
    {
        await Scope(inDialog).Locator(".mud-select", new LocatorLocatorOptions { HasText = label }).First.ClickAsync();
        await TakeAsync(entry);
    }

    /// <summary>Types into a field that searches, and takes the entry that contains the text.</summary>
    public async Task PickAsync(string label, string text, bool inDialog = true)
    {
        await Scope(inDialog).GetByLabel(label, new LocatorGetByLabelOptions { Exact = true }).First.FillAsync(text);

        // The list opens with everything and is searched a moment later: an entry taken before that would see it open again.
        await Page.Locator(".mud-popover-open .mud-list-item").First.WaitForAsync();
        await Assertions.Expect(Page.Locator(".mud-popover-open .mud-list-item").Filter(new LocatorFilterOptions { HasNotText = text })).ToHaveCountAsync(0);
        await TakeAsync(text);
    }

    /// <exception cref="TimeoutException">It is not there for a minute; the message holds what is there instead.</exception>
    public async Task SeeAsync(string text)
    {
        try
        {
            await Page.GetByText(text).First.WaitForAsync();
        }
        catch (TimeoutException late)
        {
            string instead = await Page.EvaluateAsync<string>("() => document.body.innerText");
            throw new TimeoutException($"“{text}” is not on {Page.Url}, which says:\n{instead}\nIts console: {string.Join('\n', ConsoleErrors)}", late);
        }
    }

    /// <summary>Waits until the page's buttons answer: what is done before that is lost without a word.</summary>
    public Task AnswersAsync() => Page.WaitForSelectorAsync("[data-interactive=true]");

    /// <summary>Waits until no dialog is open.</summary>
    /// <exception cref="TimeoutException">One is, for a minute; the message holds what it says, a picture shows what is in its fields.</exception>
    public async Task NoDialogAsync()
    {
        try
        {
            await Page.Locator(".mud-dialog").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        }
        catch (TimeoutException late)
        {
            await ShootAsync("not-closed", wholePage: false);
            string dialogs = await Page.EvaluateAsync<string>(
                """
                () => [...document.querySelectorAll(".mud-dialog")]
                  .map(dialog => [dialog.innerText, ...[...dialog.querySelectorAll("input")].map(field => field.value)].join("\n")).join("\n\n")
                """);
            string focus = await Page.EvaluateAsync<string>("() => document.activeElement.outerHTML.slice(0, 200)");
            throw new TimeoutException($"A dialog does not close. The focus is on {focus}. It says:\n{dialogs}", late);
        }
    }

    /// <summary>Keeps a picture of the whole page as test output.</summary>
    public Task ShootAsync(string name) => ShootAsync(name, wholePage: true);

    /// <summary>Keeps a picture as test output.</summary>
    /// <param name="wholePage">False: as much as the screen shows.</param>
    public async Task ShootAsync(string name, bool wholePage)
    {
        if (wholePage)
        {
            await Page.EvaluateAsync("window.scrollTo(0, 0)"); // the header stays on top of it
        }

        string file = Path.Combine(_shots, string.Create(CultureInfo.InvariantCulture, $"{++_shot:00}-{name}.png"));
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = file, FullPage = wholePage });
        TestContext.Current.TestOutputHelper?.WriteLine(file);
    }

    /// <summary>Waits until the page says yes. It is asked from outside: its own policy lets no text become a script.</summary>
    /// <exception cref="TimeoutException">It has not said so for so many seconds.</exception>
    public async Task UntilAsync(string question, object? about = null, int seconds = 20)
    {
        for (int look = 0; look < 10 * seconds; look++)
        {
            if (await Page.EvaluateAsync<bool>(question, about))
            {
                return;
            }

            await Page.WaitForTimeoutAsync(100);
        }

        throw new TimeoutException($"The page never came to: {question}");
    }

    /// <summary>A picture at each of these widths, where nothing may stick out of the screen; then the desk's again.</summary>
    public async Task ShootAsync(string name, params int[] widths)
    {
        foreach (int width in widths)
        {
            await Page.SetViewportSizeAsync(width, 900);
            await UntilAsync("() => document.documentElement.scrollWidth <= window.innerWidth"); // messages of a moment ago may still stand there
            await ShootAsync(string.Create(CultureInfo.InvariantCulture, $"{name}-{width}"));
        }

        await Page.SetViewportSizeAsync(1440, 900);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private async Task TakeAsync(string entry)
    {
        await Page.Locator(".mud-popover-open .mud-list-item", new PageLocatorOptions { HasText = entry }).First.ClickAsync();
        await Page.Locator(".mud-popover-open .mud-list-item").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Hidden });
    }

    private ILocator Scope(bool inDialog) => inDialog ? Page.Locator(".mud-dialog").Last : Page.Locator("body");
}
