using LagoConsole.Tests.Notifications;
using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.Walks;

/// <summary>Notifications in a browser: a webhook is added and takes a test, a mail server that is away does not.</summary>
[Trait("Category", "Browser")]
[Collection(Walk.Name)]
public sealed class NotificationsWalkTests
{
    [Fact]
    public async Task A_webhook_takes_a_test_and_a_mail_server_that_is_away_says_so()
    {
        await using HookServer hook = await HookServer.StartAsync();
        await using ConsoleProcess console = new();
        await console.StartAsync(("Lago:AllowedHosts:0", "127.0.0.1"));
        await using Browser person = await Browser.OpenAsync(console.Address, "notifications");
        await person.SignInAsync();
        await person.GoAsync("/notifications");
        await person.SeeAsync("No channel yet.");
        await ShootAsync(person, "empty");

        await person.PressAsync("Add channel");
        await person.Page.GetByLabel("Webhook", new() { Exact = true }).ClickAsync();
        await person.TypeAsync("Name", "Finance");
        await person.Page.Locator("#channel-address").FillAsync("http://192.168.0.1/hook");
        await person.Page.Locator("#channel-secret").FillAsync("short");
        await person.PressAsync("Add", inDialog: true);
        await person.SeeAsync("At least 16 characters");
        await ShootAsync(person, "refused");
        await person.Page.Locator("#channel-address").FillAsync(hook.Address);
        await person.Page.Locator("#channel-secret").FillAsync(NotificationStage.Key);
        await person.PressAsync("Teams", inDialog: true);
        await person.PressAsync("Add", inDialog: true);
        await person.NoDialogAsync();

        await person.PressAsync("Test Finance");
        await person.SeeAsync("Finance took the test.");
        Assert.Contains("AdaptiveCard", Assert.Single(hook.Posts).Body, StringComparison.Ordinal);

        await person.PressAsync("Add channel");
        await person.TypeAsync("Name", "Mail");
        await person.TypeAsync("From", "console@vendor.example");
        await person.TypeAsync("To", "ada@vendor.example");
        await person.TypeAsync("Mail server", "127.0.0.1");
        await person.Page.Locator("#channel-port").FillAsync("1");
        await ShootAsync(person, "email");
        await person.PressAsync("Add", inDialog: true);
        await person.NoDialogAsync();
        await person.PressAsync("Test Mail");
        await person.SeeAsync("127.0.0.1 could not be reached, or broke off.");
        await ShootAsync(person, "log");

        await person.PressAsync("Delete Mail");
        await person.PressAsync("Delete", inDialog: true);
        await person.NoDialogAsync();
        await person.SeeAsync("Mail is deleted, and its secrets with it.");
        Assert.Empty(person.ConsoleErrors);
    }

    private static Task ShootAsync(Browser person, string name) => person.ShootAsync(name, 1440, 320);
}
