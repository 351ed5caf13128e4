using Bunit;
using LagoConsole.Components.Shared;
using LagoConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Xunit;

namespace LagoConsole.Tests.Shared;

public sealed class ConfirmDialogTests : MudContext
{
    [Theory]
    [InlineData("Delete", true)]
    [InlineData("Cancel", false)]
    public async Task Only_the_verb_confirms(string pressed, bool expected)
    {
        Task<bool> answer = Dialogs.InvokeAsync(() => ConfirmDialog.AskAsync(
            Services.GetRequiredService<IDialogService>(), "Delete Acme?", "Acme is deleted.", "Delete", destructive: true, "Its key goes.", "Its records stay."));

        Assert.Contains("Its records stay.", Dialogs.Markup);
        await PressAsync(pressed);

        Assert.Equal(expected, await answer);
    }
}
