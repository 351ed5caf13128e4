using Bunit;
using Bunit.TestDoubles;
using LagoConsole.Components.Shared;
using LagoConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Shared;

public sealed class UnsavedGuardTests : MudContext
{
    private BunitNavigationManager Navigation => Services.GetRequiredService<BunitNavigationManager>();

    [Fact]
    public void Where_nothing_is_lost_nobody_is_asked()
    {
        Guard(unsaved: false);

        Navigation.NavigateTo("/books");

        Assert.Equal(NavigationState.Succeeded, Navigation.History.First().State);
        Assert.Empty(Dialogs.FindAll(".mud-dialog"));
    }

    [Theory]
    [InlineData("Cancel", NavigationState.Prevented)]
    [InlineData("Leave", NavigationState.Succeeded)]
    public async Task Who_would_lose_something_is_asked_before_the_page_is_left(string answer, NavigationState expected)
    {
        Guard(unsaved: true);

        Navigation.NavigateTo("/books");
        Dialogs.WaitForElement(".mud-dialog");
        Assert.Contains("The preview would be lost.", Dialogs.Markup, StringComparison.Ordinal);
        await PressAsync(answer);

        await WaitAsync(() => Navigation.History.Count > 0, "the navigation to go on or to be given up");
        Assert.Equal(expected, Navigation.History.First().State);
    }

    private void Guard(bool unsaved) => Show<UnsavedGuard>(parameters => parameters
        .Add(guard => guard.Unsaved, unsaved)
        .Add(guard => guard.Text, "The preview would be lost."));
}
