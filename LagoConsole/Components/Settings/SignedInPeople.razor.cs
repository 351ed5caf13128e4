using LagoConsole.Components.Shared;
using LagoConsole.Core.Security;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.Settings;

public sealed partial class SignedInPeople(SignInSessions sessions, IDialogService dialogs, ISnackbar snackbar)
{
    private readonly CancellationTokenSource _left = new();
    private IReadOnlyList<IGrouping<string, SignInSession>>? _people;

    /// <summary>Who looks.</summary>
    [Parameter, EditorRequired]
    public required Actor Actor { get; set; }

    public async ValueTask DisposeAsync()
    {
        await _left.CancelAsync();
        _left.Dispose();
    }

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync() =>
        _people = [.. (await sessions.ListAsync(Actor, _left.Token)).GroupBy(session => session.Person, StringComparer.Ordinal)];

    private async Task EndAsync(string person)
    {
        if (await ConfirmDialog.AskAsync(
                dialogs, "End sign-ins", $"{person} is signed out everywhere and must sign in again, with the roles of that moment. What is typed and not saved is lost.",
                "End sign-ins", destructive: true))
        {
            int ended = await sessions.EndAllAsync(Actor, person, _left.Token);
            snackbar.Add(ended == 0 ? $"{person} had signed out." : $"The sign-ins of {person} are ended.", Severity.Success);
            await LoadAsync();
        }
    }
}
