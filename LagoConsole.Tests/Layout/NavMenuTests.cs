using Bunit;
using LagoConsole.Components.Layout;
using LagoConsole.Components.Waiting;
using LagoConsole.Core.Sandbox;
using LagoConsole.Tests.Reporting.Aws;
using LagoConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Layout;

public sealed class NavMenuTests : MudContext
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_menu_has_each_page_that_has_a_key_in_its_order_and_the_sandbox_only_while_it_is_open(bool open)
    {
        Services.AddSingleton<ISandboxDoor>(open ? new AwsWorld.LoopbackDoor(new Uri("http://127.0.0.1/")) : new ClosedSandboxDoor());
        ComponentFactories.AddStub<WaitingCount>();

        IRenderedComponent<NavMenu> menu = Show<NavMenu>();

        Assert.Equal(
            PageKey.All.Where(page => open || page.Href != PageKey.Sandbox).Select(page => (page.Href, page.Title)),
            menu.FindAll("nav a").Select(link => (link.GetAttribute("href")!, link.TextContent.Trim())));
    }
}
