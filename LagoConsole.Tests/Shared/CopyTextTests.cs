using Bunit;
using LagoConsole.Components.Shared;
using LagoConsole.Tests.Support;
using Microsoft.JSInterop;
using Xunit;

namespace LagoConsole.Tests.Shared;

public sealed class CopyTextTests : MudContext
{
    private const string Copy = "navigator.clipboard.writeText";

    [Fact]
    public async Task Copy_hands_the_text_to_the_browser_and_says_what_it_was()
    {
        JSInterop.SetupVoid(Copy, "cus_acme").SetVoidResult();
        ShowText();

        await PressAsync("Copy Lago Customer ID");

        Assert.Contains("Lago Customer ID is copied.", Snackbars.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_browser_refuses_the_way_by_hand_is_said()
    {
        JSInterop.SetupVoid(Copy, "cus_acme").SetException(new JSException("NotAllowedError"));
        ShowText();

        await PressAsync("Copy Lago Customer ID");

        Assert.Contains("Select the text instead.", Snackbars.Markup, StringComparison.Ordinal);
    }

    private void ShowText() => Show<CopyText>(parameters => parameters
        .Add(text => text.Label, "Lago Customer ID")
        .Add(text => text.Text, "cus_acme"));
}
