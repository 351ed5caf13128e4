using LagoConsole.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace LagoConsole.Tests.Walks;

/// <summary>Signing in as in Production: https, a provider that is not the console, and a browser between them.</summary>
[Trait("Category", "Browser")]
[Collection(Walk.Name)]
public sealed class SignInWalkTests
{
    private const string Vera = "vera@vendor.example";

    [Fact]
    public async Task Refused_as_a_viewer_left_at_its_end_without_a_role_and_signed_out_in_another_tab()
    {
        await using OpenIdProvider provider = await OpenIdProvider.StartAsync();
        provider.Give(Vera, "Viewer");
        using TestCertificate certificate = new();
        await using ConsoleProcess console = new();
        await console.StartAsync(
        [
            ("ASPNETCORE_ENVIRONMENT", "Production"), ("Kestrel:Endpoints:Https:Url", "https://127.0.0.1:0"),
            ("Kestrel:Certificates:Default:Path", certificate.File), ("Kestrel:Certificates:Default:Password", TestCertificate.Password),
            .. certificate.Settings, .. provider.Settings, provider.Trust, ("SignIn:Lifetime", "00:00:55"),
        ]);
        await using Browser person = await Browser.OpenAsync(console.Address, "sign-in");
        string theProvider = $"{provider.Address}authorize?**";

        await person.Page.GotoAsync("/settings");
        await person.PressAsync("Refuse");
        await person.SeeAsync("The sign-in was not completed");

        await person.Page.GotoAsync("/settings");
        await SignInAsync(person.Page);
        await person.AnswersAsync();
        await Assertions.Expect(person.Page.Locator("#signed-in")).ToContainTextAsync("Viewer");
        await person.SeeAsync("Only administrators add, verify, edit and delete accounts.");

        provider.Give(Vera); // the role is taken away while the page is open
        await person.Page.WaitForURLAsync("**/sign-in-ended?returnUrl=%2Fsettings", new PageWaitForURLOptions { Timeout = 120_000 }); // by itself, at its end: nobody touches the page
        await person.Page.GetByText("Sign in", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await SignInAsync(person.Page);
        await person.SeeAsync("Your account has no role in this console.");

        provider.Give(Vera, "Operator");
        await person.PressAsync("Sign in with another account");
        await person.Page.WaitForURLAsync(theProvider);
        Assert.Equal(1, provider.SignOuts);
        await SignInAsync(person.Page);
        await Assertions.Expect(person.Page.Locator("#signed-in")).ToContainTextAsync("Operator");
        await person.AnswersAsync();
        IResponse told = await person.Page.RunAndWaitForResponseAsync(() => person.Page.ClickAsync("h1"), "**/signed-in"); // somebody is there
        Assert.Equal(204, told.Status);

        IPage tab = await person.Page.RunAndWaitForPopupAsync(() => person.Page.EvaluateAsync("() => { open('/'); }"));
        await tab.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign out" }).ClickAsync();
        await person.Page.WaitForURLAsync("**/sign-in-ended?returnUrl=**", new PageWaitForURLOptions { Timeout = 40_000 }); // before its end
        Assert.Equal(2, provider.SignOuts);
    }

    private static async Task SignInAsync(IPage page)
    {
        await page.GetByLabel("Who").FillAsync(Vera);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in" }).ClickAsync();
    }
}
