using System.Text.RegularExpressions;
using LagoConsole.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace LagoConsole.Tests.Walks;

/// <summary>A page that stays open beyond its sign-in, in a browser.</summary>
[Trait("Category", "Browser")]
[Collection(Walk.Name)]
public sealed class SignInEndWalkTests
{
    [Fact]
    public async Task An_open_page_is_left_when_its_sign_in_ends_and_found_again_with_the_roles_of_the_next()
    {
        await using ConsoleProcess console = new();
        await console.StartAsync(("SignIn:Lifetime", "00:00:40"));
        await using Browser person = await Browser.OpenAsync(console.Address, "sign-in-end");
        await person.SignInAsync(role: "Admin");
        await person.GoAsync("/buyers");

        await person.Page.WaitForURLAsync(new Regex("/login.returnUrl=%2Fbuyers$", RegexOptions.None, TimeSpan.FromSeconds(1))); // by itself: nobody touches the page

        await person.Page.SelectOptionAsync("#role", "Viewer"); // the role was taken away meanwhile
        await person.Page.ClickAsync("button[type=submit]");
        await person.Page.WaitForURLAsync("**/buyers");
        await Assertions.Expect(person.Page.Locator("#signed-in")).ToContainTextAsync("Viewer");
    }
}
