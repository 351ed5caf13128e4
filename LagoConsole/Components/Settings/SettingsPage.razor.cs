using System.Globalization;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Security;
using LagoConsole.SignIn;
using MudBlazor;

namespace LagoConsole.Components.Settings;

/// <summary>The vendor's accounts at the marketplaces: does each work, until when, and what to do if not.</summary>
public sealed partial class SettingsPage(AccountQueries queries, AccountService service, CurrentActor person, IDialogService dialogs, ISnackbar snackbar)
{
    private static readonly DialogOptions _wide = new() { MaxWidth = MaxWidth.Small, FullWidth = true };

    private readonly CancellationTokenSource _left = new();
    private readonly HashSet<Guid> _verifying = [];
    private IReadOnlyList<AccountRow>? _accounts;
    private Actor _actor = new("anonymous", Role.None);
    private bool _mayChange;
    private int _edition;

    public async ValueTask DisposeAsync()
    {
        await _left.CancelAsync();
        _left.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _actor = await person.GetAsync();
        _mayChange = _actor.Can(Role.Admin);
        await LoadAsync();
    }

    /// <summary>To the second: an answer is dated no finer.</summary>
    private static string Clock(TimeSpan ahead) => ahead.Duration() < TimeSpan.FromSeconds(2)
        ? "agrees"
        : string.Create(CultureInfo.InvariantCulture, $"{ahead.Duration().TotalSeconds:N0} s {(ahead > TimeSpan.Zero ? "ahead" : "behind")}");

    private async Task LoadAsync()
    {
        _accounts = await queries.ListAsync(_left.Token);
        _edition++;
    }

    private async Task AddAsync() => await FinishAsync(await dialogs.ShowAsync<AddAccountDialog>(
        "Add account",
        new DialogParameters<AddAccountDialog> { { shown => shown.Add, input => service.AddAsync(_actor, input, _left.Token) } },
        _wide));

    private async Task VerifyAsync(AccountRow row)
    {
        _verifying.Add(row.Id);
        try
        {
            switch (await service.VerifyAsync(_actor, row.Id, _left.Token))
            {
                case AccountVerification.Done { Verdict.IsVerified: true }:
                    await DoneAsync($"{row.Name} is verified.", Severity.Success);
                    break;
                case AccountVerification.Done:
                    await DoneAsync($"{row.Name} could not be verified. The cause is shown beside it.", Severity.Error);
                    break;
                case AccountVerification.Overtaken overtaken:
                    await DoneAsync(overtaken.Sentence, Severity.Warning);
                    break;
            }
        }
        finally
        {
            _verifying.Remove(row.Id);
        }
    }

    private async Task EditAsync(AccountRow row)
    {
        // As it is now, not as it was when the page was drawn: another person's change in between is no conflict then.
        if (await queries.FindAsync(row.Id, _left.Token) is not { } current)
        {
            await DoneAsync($"{row.Name} was deleted by somebody else.", Severity.Warning);
            return;
        }

        await FinishAsync(await dialogs.ShowAsync<EditAccountDialog>(
            $"Edit {current.Name}",
            new DialogParameters<EditAccountDialog>
            {
                { shown => shown.Account, current },
                { shown => shown.Save, edit => service.EditAsync(_actor, edit, _left.Token) },
            },
            _wide));
    }

    private async Task DeleteAsync(AccountRow row)
    {
        if (await queries.FindAsync(row.Id, _left.Token) is not { } current)
        {
            await DoneAsync($"{row.Name} was deleted by somebody else.", Severity.Warning);
            return;
        }

        IReadOnlyList<AccountChoice> others =
            [.. (await queries.ChoicesAsync(_left.Token)).Where(choice => choice.Marketplace == current.Marketplace && choice.Id != current.Id)];
        await FinishAsync(await dialogs.ShowAsync<DeleteAccountDialog>(
            $"Delete {current.Name}",
            new DialogParameters<DeleteAccountDialog>
            {
                { shown => shown.Account, current },
                { shown => shown.Others, others },
                { shown => shown.Delete, request => service.DeleteAsync(_actor, request, _left.Token) },
            },
            _wide));
    }

    private async Task FinishAsync(IDialogReference dialog)
    {
        if (await dialog.Result is { Canceled: false, Data: string sentence })
        {
            await DoneAsync(sentence, Severity.Success);
        }
        else
        {
            await LoadAsync();
        }
    }

    private async Task DoneAsync(string sentence, Severity severity)
    {
        snackbar.Add(sentence, severity);
        await LoadAsync();
    }
}
