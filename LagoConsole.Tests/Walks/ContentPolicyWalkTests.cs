using System.Reflection;
using LagoConsole.Components;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Components;
using Xunit;

namespace LagoConsole.Tests.Walks;

/// <summary>The console's pages under their Content-Security-Policy, in a browser that keeps to it.</summary>
[Trait("Category", "Browser")]
[Collection(Walk.Name)]
public sealed class ContentPolicyWalkTests
{
    /// <summary>Every page of the route table that needs no id, and whether it has a circuit.</summary>
    private static (string Path, bool IsInteractive)[] Pages =>
    [
        .. from page in typeof(App).Assembly.GetTypes()
           from route in page.GetCustomAttributes<RouteAttribute>()
           where !route.Template.Contains('{', StringComparison.Ordinal)
           orderby route.Template
           select (route.Template, page.GetCustomAttribute<ExcludeFromInteractiveRoutingAttribute>() is null),
    ];

    [Fact]
    public async Task No_page_breaks_the_policy_and_a_script_in_a_page_does_not_run()
    {
        await using ConsoleProcess console = new();
        await console.StartAsync();
        await using Browser person = await Browser.OpenAsync(console.Address, "policy");
        await person.SignInAsync();
        Assert.True(Pages.Length > 15);

        foreach ((string path, bool isInteractive) in Pages)
        {
            await person.Page.GotoAsync(path);
            if (isInteractive)
            {
                await person.AnswersAsync();
            }

            Assert.DoesNotContain(person.ConsoleErrors, error => error.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase));
        }

        await person.GoAsync("/integrations");
        await person.Page.EvaluateAsync("""
            () => {
              const script = document.createElement("script");
              script.textContent = "window.ran = true";
              document.body.append(script);
              document.body.insertAdjacentHTML("beforeend", "<img src='data:,' onerror='window.ran = true'>");
            }
            """);

        Assert.False(await person.Page.EvaluateAsync<bool>("window.ran === true"));
        Assert.Contains(person.ConsoleErrors, error => error.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase));
    }
}
