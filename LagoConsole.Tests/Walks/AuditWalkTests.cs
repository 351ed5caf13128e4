using System.Text;
using LagoConsole.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace LagoConsole.Tests.Walks;

/// <summary>A change made in a browser is in the audit log with the address that it came from, and in its file.</summary>
[Trait("Category", "Browser")]
[Collection(Walk.Name)]
public sealed class AuditWalkTests
{
    [Fact]
    public async Task A_change_is_in_the_audit_log_with_its_address_and_in_the_file()
    {
        await using ConsoleProcess console = new();
        await console.StartAsync();
        await using Browser person = await Browser.OpenAsync(console.Address, "audit");
        await person.SignInAsync();
        await person.GoAsync("/buyers");
        await person.PressAsync("New buyer");
        await person.TypeAsync("Name", "=1+1;@Acme");
        await person.PressAsync("Create", inDialog: true);
        await person.NoDialogAsync();

        await person.GoAsync("/audit?action=Create%20buyer");
        await person.SeeAsync("from 127.0.0.1");
        await person.ShootAsync("audit", 1440, 768, 320);
        await person.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await person.ShootAsync("audit-dark", 1440, 320);

        IDownload file = await person.Page.RunAndWaitForDownloadAsync(() => person.Page.Locator("#main a.export-link").ClickAsync());
        string text = await File.ReadAllTextAsync(await file.PathAsync(), Encoding.UTF8, TestContext.Current.CancellationToken);
        Assert.Matches("^audit-20[0-9]{6}T[0-9]{6}Z\\.csv$", file.SuggestedFilename);
        Assert.Contains(",ada,127.0.0.1,\"Create buyer\",Buyer,", text, StringComparison.Ordinal);
        Assert.Contains(",\"'=1+1;'@Acme\",", text, StringComparison.Ordinal);
        Assert.EndsWith("/audit?action=Create%20buyer", person.Page.Url, StringComparison.Ordinal); // the page stays where it is
        Assert.Empty(person.ConsoleErrors);
    }
}
