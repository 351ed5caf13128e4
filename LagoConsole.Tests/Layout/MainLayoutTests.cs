using Bunit;
using LagoConsole.Components.Layout;
using LagoConsole.Core.Sandbox;
using LagoConsole.Tests.Reporting.Aws;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MudBlazor;
using Xunit;

namespace LagoConsole.Tests.Layout;

/// <summary>What stands around every page.</summary>
public sealed class MainLayoutTests : MudContext
{
    public MainLayoutTests()
    {
        Services.AddSingleton<TimeProvider>(new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero)));
        ComponentFactories.AddStub<NavMenu>();
        ComponentFactories.AddStub<SignedInPerson>();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_sandbox_is_marked_on_every_page_while_it_is_open(bool open) =>
        Assert.Equal(open ? 1 : 0, ShowLayout(_ => { }, open).FindAll("#sandbox-mark").Count);

    [Theory]
    [InlineData(true, "true")]
    [InlineData(false, "false")]
    public void A_page_says_the_consoles_clock_and_whether_its_buttons_answer(bool isInteractive, string expected)
    {
        IRenderedComponent<MainLayout> layout = ShowLayout(_ => { }, isInteractive: isInteractive);

        Assert.Equal(expected, layout.Find(".mud-layout").GetAttribute("data-interactive"));
        Assert.Equal("2026-03-01T09:30:00Z", layout.Find(".mud-layout").GetAttribute("data-now"));
    }

    [Fact]
    public async Task The_menus_button_says_whether_it_is_shown()
    {
        IRenderedComponent<MainLayout> layout = ShowLayout(_ => { });
        bool isShown = IsShown(layout); // by the width of the screen

        await Menu(layout).ClickAsync();
        Assert.Equal(!isShown, IsShown(layout));
        await Menu(layout).ClickAsync();
        Assert.Equal(isShown, IsShown(layout));
    }

    [Fact]
    public void A_page_that_fails_keeps_the_menu_and_the_next_page_is_shown()
    {
        IRenderedComponent<MainLayout> layout = ShowLayout(page =>
        {
            page.OpenComponent<FailingPage>(0);
            page.CloseComponent();
        });
        Assert.Equal("Something failed", layout.Find("main h1").TextContent);
        Assert.DoesNotContain("nobody is to read this", layout.Markup, StringComparison.Ordinal);

        layout.Render(parameters => parameters.Add(shown => shown.Body, page => page.AddContent(0, "Records")));

        Assert.Equal("Records", layout.Find("main").TextContent.Trim());
    }

    [Fact]
    public async Task A_dialog_opens_without_messages_of_what_went_well_before_it()
    {
        IRenderedComponent<MainLayout> layout = ShowLayout(_ => { });
        ISnackbar messages = Services.GetRequiredService<ISnackbar>();
        await layout.InvokeAsync(() =>
        {
            messages.Add("Acme Corporation is saved.", Severity.Success);
            messages.Add("Globex Inc could not be saved.", Severity.Error);
        });

        await layout.InvokeAsync(() => Services.GetRequiredService<IDialogService>().ShowAsync<MudText>("Dialog"));

        Assert.Equal(["Globex Inc could not be saved."], messages.ShownSnackbars.Select(message => message.Message));
    }

    private static bool IsShown(IRenderedComponent<MainLayout> layout) => bool.Parse(Menu(layout).GetAttribute("aria-expanded")!);

    private static AngleSharp.Dom.IElement Menu(IRenderedComponent<MainLayout> layout) => layout.Find("button[aria-label='Show or hide the menu']");

    private IRenderedComponent<MainLayout> ShowLayout(RenderFragment page, bool open = false, bool isInteractive = true)
    {
        Services.AddSingleton<ISandboxDoor>(open ? new AwsWorld.LoopbackDoor(new Uri("http://127.0.0.1/")) : new ClosedSandboxDoor());
        SetRendererInfo(new RendererInfo("Server", isInteractive));
        return Render<MainLayout>(parameters => parameters.Add(layout => layout.Body, page)); // with providers of its own
    }

    private sealed class FailingPage : ComponentBase
    {
        protected override void OnInitialized() => throw new InvalidOperationException("nobody is to read this");
    }
}
