using System.Diagnostics;
using LagoConsole.Core.Held;
using LagoConsole.Core.Money;
using LagoConsole.Core.Security;
using LagoConsole.SignIn;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.Waiting;

/// <summary>Held keys, each with the button that decides over it.</summary>
public sealed partial class HeldKeysTable(
    HeldMoney held, CurrentActor person, IDialogService dialogs, ISnackbar snackbar, ILogger<HeldKeysTable> log) : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private MudTable<HeldKey> _table = null!;
    private HeldFilter? _shown;
    private Actor _actor = new("", Role.None);
    private bool _failed;
    private bool _busy;

    [Parameter]
    [EditorRequired]
    public required HeldFilter Filter { get; set; }

    /// <summary>After each answer.</summary>
    [Parameter]
    public EventCallback Decided { get; set; }

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    public Task ReloadAsync() => _table.ReloadServerData();

    internal static void Tell(ISnackbar snackbar, HoldOutcome outcome)
    {
        (string sentence, Severity severity) = outcome switch
        {
            HoldOutcome.Decided decided => (decided.Sentence, Severity.Success),
            HoldOutcome.ChangedMeanwhile changed => (changed.Sentence, Severity.Warning),
            HoldOutcome.Refused refused => (refused.Sentence, Severity.Error),
            _ => throw new UnreachableException(),
        };
        snackbar.Add(sentence, severity);
    }

    protected override async Task OnInitializedAsync() => _actor = await person.GetAsync();

    protected override async Task OnParametersSetAsync()
    {
        if (_shown is not null && _shown != Filter)
        {
            _shown = Filter;
            _table.NavigateTo(Page.First);
            await _table.ReloadServerData();
        }

        _shown = Filter;
    }

    private static string Money(HeldKey key, decimal minor) => MoneyText.Format(minor, key.Currency);

    private async Task<TableData<HeldKey>> LoadAsync(TableState state, CancellationToken cancellationToken)
    {
        try
        {
            (IReadOnlyList<HeldKey> keys, int count) = await held.ListAsync(Filter, state.Page * state.PageSize, state.PageSize, cancellationToken);
            _failed = false;
            return new TableData<HeldKey> { Items = keys, TotalItems = count };
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            log.LogError(failure, "The held growth could not be read.");
            _failed = true;
            return new TableData<HeldKey> { Items = [], TotalItems = 0 };
        }
        finally
        {
            StateHasChanged();
        }
    }

    private async Task DecideAsync(HeldKey key)
    {
        if (await DecideHeldDialog.AskAsync(dialogs, key) is not { } decision)
        {
            return;
        }

        _busy = true;
        try
        {
            Tell(snackbar, await held.DecideAsync(_actor, decision, _leaving.Token));
        }
        finally
        {
            _busy = false;
        }

        await Decided.InvokeAsync();
    }
}
