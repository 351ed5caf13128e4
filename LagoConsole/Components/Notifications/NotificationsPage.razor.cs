using LagoConsole.Components.Shared;
using LagoConsole.Core.Notifications;
using LagoConsole.Core.Security;
using LagoConsole.SignIn;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.Notifications;

/// <summary>What is open, who is told of it, and what became of each message.</summary>
public sealed partial class NotificationsPage(
    NotificationQueries queries, ChannelService service, CurrentActor person, NavigationManager navigation, IDialogService dialogs, ISnackbar snackbar,
    ILogger<NotificationsPage> log)
{
    private static readonly DialogOptions _wide = new() { MaxWidth = MaxWidth.Small, FullWidth = true, CloseOnEscapeKey = false }; // the dialog asks first

    private readonly CancellationTokenSource _left = new();
    private readonly HashSet<Guid> _testing = [];
    private IReadOnlyList<ChannelRow>? _channels;
    private IReadOnlyList<CauseRow> _open = [];
    private Actor _actor = new("anonymous", Role.None);
    private DeliveriesTable? _log;
    private bool _mayChange;
    private bool _failed;

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

    private static string Kinds(CauseKinds kinds) => kinds == CauseKinds.All
        ? "everything"
        : string.Join(", ", CauseKindNames.Each.Where(kind => kinds.HasFlag(kind)).Select(kind => kind.Label()));

    private async Task LoadAsync()
    {
        try
        {
            _open = await queries.ListOpenAsync(_left.Token);
            _channels = await queries.ListChannelsAsync(_left.Token);
            _failed = false;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            log.LogError(failure, "The notifications could not be read.");
            _failed = true;
        }
    }

    private async Task AddAsync() => await FinishAsync(await dialogs.ShowAsync<ChannelDialog>(
        "Add channel",
        new DialogParameters<ChannelDialog>
        {
            { shown => shown.ConsoleAddress, navigation.BaseUri.TrimEnd('/') },
            { shown => shown.Save, input => service.AddAsync(_actor, input, _left.Token) },
        },
        _wide));

    private async Task EditAsync(ChannelRow row)
    {
        // As it is now, not as it was when the page was drawn: another person's change in between is no conflict then.
        if ((await queries.ListChannelsAsync(_left.Token)).FirstOrDefault(channel => channel.Id == row.Id) is not { } current)
        {
            await DoneAsync($"{row.Name} was deleted by somebody else.", Severity.Warning);
            return;
        }

        await FinishAsync(await dialogs.ShowAsync<ChannelDialog>(
            $"Edit {current.Name}",
            new DialogParameters<ChannelDialog>
            {
                { shown => shown.Channel, current },
                { shown => shown.Save, input => service.EditAsync(_actor, new EditChannel(current.Id, current.Version, input), _left.Token) },
            },
            _wide));
    }

    private async Task TestAsync(ChannelRow row)
    {
        _testing.Add(row.Id);
        try
        {
            await ShowAsync(await service.TestAsync(_actor, row.Id, _left.Token));
        }
        finally
        {
            _testing.Remove(row.Id);
        }
    }

    private async Task DeleteAsync(ChannelRow row)
    {
        if (await ConfirmDialog.AskAsync(
            dialogs, $"Delete {row.Name}?", $"{row.Name} and its secrets are deleted for good. No money depends on it, but nobody hears by it any more.", "Delete", destructive: true,
            "Its messages stay in the delivery log.", "Messages that wait to be sent are given up."))
        {
            await ShowAsync(await service.DeleteAsync(_actor, row.Id, _left.Token));
        }
    }

    private async Task FinishAsync(IDialogReference dialog)
    {
        if (await dialog.Result is { Canceled: false, Data: string sentence })
        {
            await DoneAsync(sentence, Severity.Success);
        }
    }

    private Task ShowAsync(ChannelOutcome outcome) => outcome switch
    {
        ChannelOutcome.Saved saved => DoneAsync(saved.Sentence, Severity.Success),
        ChannelOutcome.NotTaken notTaken => DoneAsync(notTaken.Sentence, Severity.Error),
        ChannelOutcome.ChangedMeanwhile changed => DoneAsync(changed.Sentence, Severity.Warning),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private async Task DoneAsync(string sentence, Severity severity)
    {
        snackbar.Add(sentence, severity);
        await LoadAsync();
        await (_log?.ReloadAsync() ?? Task.CompletedTask);
    }
}
