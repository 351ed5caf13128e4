using Bunit;
using LagoConsole.Components.Notifications;
using LagoConsole.Core.Notifications;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Integrations;
using LagoConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using TestContext = Xunit.TestContext;

namespace LagoConsole.Tests.Notifications;

/// <summary>The page on the product's own services, against a receiver on a real socket.</summary>
public sealed class NotificationsPageTests : MudContext, IAsyncLifetime
{
    private readonly NotificationStage _stage = new();
    private HookServer _hook = null!;

    public NotificationsPageTests() => Services.AddSingleton(_stage.Get<NotificationQueries>()).AddSingleton(_stage.Channels);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _hook = await HookServer.StartAsync();

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await _hook.DisposeAsync();
        await _stage.DisposeAsync();
    }

    [Fact]
    public async Task From_Add_to_Delete_by_the_buttons_of_the_page()
    {
        SignIn();
        IRenderedComponent<NotificationsPage> page = Show<NotificationsPage>();
        page.WaitForAssertion(() => Assert.Contains("No channel yet.", page.Markup, StringComparison.Ordinal));

        await PressAsync("Add channel");
        await Dialogs.ChooseRadioAsync("Webhook");
        await TypeAsync("Name", "Finance");
        await TypeAsync("Address", _hook.Address);
        await TypeAsync("Signing key", NotificationStage.Key);
        await PressAsync("Slack");
        await PressAsync("Add");
        await HandledAsync();
        page.WaitForAssertion(() => Assert.Contains("Finance", page.Markup, StringComparison.Ordinal));
        Assert.DoesNotContain("s3cr3t", page.Markup, StringComparison.Ordinal);

        await PressAsync("Test Finance");
        page.WaitForAssertion(() => Assert.Contains("Delivered", page.Markup, StringComparison.Ordinal));
        Assert.Contains("plain_text", Assert.Single(_hook.Posts).Body, StringComparison.Ordinal);

        await PressAsync("Edit Finance");
        Assert.DoesNotContain("s3cr3t", Dialogs.Markup, StringComparison.Ordinal);
        await TypeAsync("Name", "Renamed");
        await PressAsync("Save");
        await HandledAsync();
        page.WaitForAssertion(() => Assert.Contains("Renamed", page.Markup, StringComparison.Ordinal));

        await PressAsync("Delete Renamed");
        await PressAsync("Delete");
        await HandledAsync();
        page.WaitForAssertion(() => Assert.Contains("No channel yet.", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_channel_is_not_switched_off_before_it_is_said_what_is_not_heard_then()
    {
        await _stage.AddAsync(NotificationStage.Webhook(_hook.Address));
        SignIn();
        IRenderedComponent<NotificationsPage> page = Show<NotificationsPage>();
        page.WaitForElement("[aria-label^='Edit ']");
        string name = page.Find("[aria-label^='Edit ']").GetAttribute("aria-label")!["Edit ".Length..];

        await PressAsync($"Edit {name}");
        await Field("On").ChangeAsync(false);
        await PressAsync("Save");

        Assert.Contains("nobody hears by it of money that is at risk", Dialogs.Markup, StringComparison.Ordinal);
        Assert.True(Assert.Single(await Services.GetRequiredService<NotificationQueries>().ListChannelsAsync(Stop)).IsOn);
        await PressAsync("Switch off");
        await HandledAsync();
        Assert.False(Assert.Single(await Services.GetRequiredService<NotificationQueries>().ListChannelsAsync(Stop)).IsOn);
    }

    [Fact]
    public async Task What_is_wrong_is_said_at_its_field_and_the_dialog_stays()
    {
        SignIn();
        Show<NotificationsPage>();
        await PressAsync("Add channel");
        await PressAsync("Add");

        Assert.Contains("Give it a name", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Contains("Type the mail server", Dialogs.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_reads_what_is_open_and_what_was_sent_and_changes_nothing()
    {
        await _stage.AddAsync(NotificationStage.Webhook(_hook.Address));
        await _stage.Store.SaveAsync([NotificationStage.Books], Stop);
        await _stage.Courier.DeliverDueAsync(Stop);
        SignIn("vera@vendor.example", Role.Viewer);

        IRenderedComponent<NotificationsPage> page = Show<NotificationsPage>();

        page.WaitForAssertion(() => Assert.Contains("Delivered", page.Markup, StringComparison.Ordinal));
        Assert.Contains("The books do not balance.", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Only administrators", page.Markup, StringComparison.Ordinal);
        Assert.All(page.FindAll("button").Where(button => button.TextContent is "Test" or "Edit" or "Delete" or "Add channel"), button => Assert.True(button.HasAttribute("disabled")));
    }

    [Fact]
    public async Task A_channel_that_takes_nothing_says_so()
    {
        await _stage.AddAsync(NotificationStage.Webhook(_hook.Address));
        _hook.Status = 500;
        await _stage.Store.SaveAsync([NotificationStage.Books], Stop);
        await _stage.Courier.DeliverDueAsync(Stop);
        SignIn();

        IRenderedComponent<NotificationsPage> page = Show<NotificationsPage>();

        page.WaitForAssertion(() => Assert.Contains("1 message waits: 127.0.0.1 answered 500.", page.Markup, StringComparison.Ordinal));
    }
}
