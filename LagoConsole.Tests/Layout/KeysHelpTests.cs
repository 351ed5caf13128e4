using System.Reflection;
using Bunit;
using LagoConsole.Components;
using LagoConsole.Components.Layout;
using LagoConsole.Core.Sandbox;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Layout;

public sealed class KeysHelpTests : MudContext
{
    [Fact]
    public void Each_page_of_the_console_that_needs_no_id_has_a_letter_of_its_own()
    {
        IEnumerable<string> pages = typeof(App).Assembly.GetTypes()
            .Where(type => type.Namespace?.Contains(".SignIn", StringComparison.Ordinal) == false)
            .SelectMany(type => type.GetCustomAttributes<RouteAttribute>().Select(route => route.Template))
            .Where(route => !route.Contains('{', StringComparison.Ordinal) && route is not ("/error" or "/not-found"))
            .Where(route => route.LastIndexOf('/') == 0); // what lies below a page is reached from it

        Assert.Equal(pages.Order(StringComparer.Ordinal), PageKey.All.Select(page => page.Href).Order(StringComparer.Ordinal));
        Assert.Equal(PageKey.All.Count, PageKey.All.Select(page => page.Letter).Distinct().Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_help_lists_each_key_and_the_sandbox_only_while_it_is_open(bool open)
    {
        Services.AddSingleton<ISandboxDoor>(open ? new OpenDoor() : new ClosedSandboxDoor());

        IRenderedComponent<KeysHelp> help = Show<KeysHelp>();

        Assert.Equal(PageKey.All.Count - (open ? 0 : 1), help.FindAll("[data-go]").Count);
        Assert.Equal("/jobs", help.Find("[data-go=j]").GetAttribute("href"));
        Assert.Equal("Jobs", help.Find("[data-go=j]").TextContent);
    }

    private sealed class OpenDoor : ISandboxDoor
    {
        public bool IsOpen => true;

        public Uri LagoBaseAddress => throw new NotSupportedException();

        public (string AccessKeyId, string SecretAccessKey) AwsCredentials => throw new NotSupportedException();

        public Uri AwsEndpoint(string region) => throw new NotSupportedException();
    }
}
