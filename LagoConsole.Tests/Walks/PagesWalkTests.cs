using System.Reflection;
using System.Text.RegularExpressions;
using LagoConsole.Components;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Playwright;
using Xunit;

namespace LagoConsole.Tests.Walks;

/// <summary>
/// Every page of the route table, filled by the main job, wide and narrow, light and dark: in the picture, without anything
/// that sticks out, and without what axe finds.
/// </summary>
[Trait("Category", "Browser")]
[Collection(WalkBeside.Name)]
public sealed partial class PagesWalkTests
{
    private static readonly (int Width, ColorScheme Scheme)[] _screens =
    [
        (1440, ColorScheme.Light), (768, ColorScheme.Dark), (320, ColorScheme.Light), // colours are the same at each width
    ];

    [Fact]
    public async Task Every_page_reads_well_on_every_screen_and_axe_finds_nothing()
    {
        await using ConsoleProcess console = new();
        await console.StartAsync();
        await using Browser person = await Browser.OpenAsync(console.Address, "pages");
        await person.SignInAsync();
        Look look = new(person);
        await look.PageAsync("/", "overview-empty", _screens);
        await MainJobWalk.ConnectAndVerifyAsync(person);
        await MainJobWalk.AddProductAsync(person);
        await MainJobWalk.AddBuyerAsync(person);
        await look.PageAsync("/", "overview-begun", _screens);
        await MainJobWalk.EnableAutoReportAsync(person);
        await MainJobWalk.LetAnHourPassAsync(person);
        await MainJobWalk.OpenAcceptedRecordAsync(person);

        string record = person.Page.Url.Split('/')[^1];
        foreach (string route in Routes())
        {
            string[] addresses = !route.Contains('{', StringComparison.Ordinal) ? [route] : await ExamplesAsync(person, route, record);
            foreach (string address in addresses)
            {
                await look.PageAsync(address, NotWord().Replace(route.Split('{')[0].Trim('/'), "-") is { Length: > 0 } name ? name : "overview", _screens);
            }
        }

        Assert.Equal("", look.Problems);
        Assert.DoesNotContain(person.ConsoleErrors, error => !error.Contains("404", StringComparison.Ordinal)); // /not-found answers with its status
    }

    /// <summary>The pages inside the console; those around signing in and failing have no layout of their own to look at.</summary>
    private static IEnumerable<string> Routes() => typeof(App).Assembly.GetTypes()
        .Where(type => type.Namespace?.Contains(".SignIn", StringComparison.Ordinal) == false)
        .SelectMany(type => type.GetCustomAttributes<RouteAttribute>().Select(route => route.Template))
        .Where(template => template != "/error")
        .Order(StringComparer.Ordinal);

    /// <summary>Things that the main job made: followed from the lists that link to them.</summary>
    private static async Task<string[]> ExamplesAsync(Browser person, string route, string record)
    {
        string folder = route[..route.IndexOf('{', StringComparison.Ordinal)];
        switch (folder)
        {
            case "/records/" or "/explain/records/":
                return [folder + record];
            case "/explain/usage/":
                return [(await FirstLinkAsync(person, $"/explain/records/{record}", folder))!];
            case "/jobs/runs/":
                return [(await FirstLinkAsync(person, "/jobs", folder))!];
            case "/records/groups/":
                return [(await FirstLinkAsync(person, $"/records/{record}", folder))!];
        }

        return await FirstLinkAsync(person, folder.TrimEnd('/'), folder) is { } found ? [found] : [];
    }

    /// <summary>A link into the folder that leads to a thing, and not to a page of its own below it.</summary>
    private static async Task<string?> FirstLinkAsync(Browser person, string page, string folder)
    {
        await person.GoAsync(page);
        string pages = string.Concat(Routes().Where(route => !route.Contains('{', StringComparison.Ordinal)).Select(route => $":not([href='{route}'])"));
        ILocator link = person.Page.Locator($"main a[href^='{folder}']{pages}").First;
        await link.WaitForAsync();
        return await link.GetAttributeAsync("href");
    }

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NotWord();
}
