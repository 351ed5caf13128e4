using System.Diagnostics;
using LagoConsole.Components.Shared;
using LagoConsole.Core.Held;
using LagoConsole.Core.Money;
using LagoConsole.Core.Security;
using LagoConsole.Core.Waiting;
using LagoConsole.SignIn;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.Waiting;

/// <summary>Waiting money with its buttons.</summary>
public sealed partial class WaitingMoneyTable(
    WaitingQueries queries, WaitingDecisions decisions, HeldMoney held, CurrentActor person, IDialogService dialogs, ISnackbar snackbar,
    ILogger<WaitingMoneyTable> log) : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private MudTable<WaitingRow> _table = null!;
    private WaitingFilter? _shown;
    private Actor _actor = new("", Role.None);
    private bool _failed;
    private bool _busy;

    [Parameter]
    [EditorRequired]
    public required WaitingFilter Filter { get; set; }

    /// <summary>What waits in all, after each read.</summary>
    [Parameter]
    public EventCallback<IReadOnlyList<WaitingTotal>> Totals { get; set; }

    /// <summary>After each answer: money waits elsewhere, or no more.</summary>
    [Parameter]
    public EventCallback Decided { get; set; }

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    public Task ReloadAsync() => _table.ReloadServerData();

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

    /// <summary>Where a remedy is a page of its own.</summary>
    private static string? Address(WaitingRemedy remedy, WaitingRow row) => remedy switch
    {
        WaitingRemedy.AddConversion or WaitingRemedy.AddDimension => row.ProductId is { } product ? $"/products/{product}" : "/products",
        WaitingRemedy.AddEntitlement or WaitingRemedy.EditEntitlement => $"/buyers/{row.Key.BuyerId}",
        WaitingRemedy.TurnAutoReportOn => "/integrations",
        WaitingRemedy.Route or WaitingRemedy.Send or WaitingRemedy.ReportIt or WaitingRemedy.Decide or WaitingRemedy.WriteOff => null,
        _ => throw new UnreachableException(),
    };

    private static string What(WaitingRow row) => $"{MoneyText.Format(row.Minor, row.Currency)} of {row.MetricCode} of {row.BuyerName}";

    private static string Name(WaitingRemedy remedy, WaitingRow row) => $"{remedy.Label()}: {What(row)}";

    private List<WaitingRemedy> Remedies(WaitingRow row) => [.. row.Remedies.Where(remedy => _actor.Can(remedy.Role()))];

    private async Task<TableData<WaitingRow>> LoadAsync(TableState state, CancellationToken cancellationToken)
    {
        try
        {
            WaitingList list = await queries.ListAsync(Filter, state.Page * state.PageSize, state.PageSize, cancellationToken);
            _failed = false;
            await Totals.InvokeAsync(list.Totals);
            return new TableData<WaitingRow> { Items = list.Rows, TotalItems = list.Total };
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            log.LogError(failure, "The waiting money could not be read.");
            _failed = true;
            return new TableData<WaitingRow> { Items = [], TotalItems = 0 };
        }
        finally
        {
            StateHasChanged();
        }
    }

    private async Task ActAsync(WaitingRemedy remedy, WaitingRow row)
    {
        WaitingDecision seen = new(row.Key, row.Stamp);
        switch (remedy)
        {
            case WaitingRemedy.Route or WaitingRemedy.Send:
                if (await ChooseEntitlementDialog.AskAsync(dialogs, remedy, row) is { } entitlement)
                {
                    await TellAsync(() => remedy == WaitingRemedy.Route
                        ? decisions.RouteAsync(_actor, seen, entitlement, _leaving.Token)
                        : decisions.SendAsync(_actor, seen, entitlement, _leaving.Token));
                }

                break;
            case WaitingRemedy.ReportIt:
                if (await ConfirmDialog.AskAsync(
                    dialogs, "Report it", $"{What(row)} is reported all the same.", "Report it", destructive: false,
                    "It goes to the buyer's entitlement that fits; if none does, it waits for that.",
                    "Only this money: what is found later waits again.",
                    "Once it is on a record it cannot be taken back."))
                {
                    await TellAsync(() => decisions.ReportAsync(_actor, seen, _leaving.Token));
                }

                break;
            case WaitingRemedy.WriteOff:
                if (await WriteOffDialog.AskAsync(dialogs, row) is { } reason)
                {
                    await TellAsync(() => decisions.WriteOffAsync(_actor, seen, reason, _leaving.Token));
                }

                break;
            case WaitingRemedy.Decide:
                await DecideAsync(row);
                break;
            default:
                break; // a page of its own
        }
    }

    /// <summary>Restored money is decided with its key (R20).</summary>
    private async Task DecideAsync(WaitingRow row)
    {
        if (await held.FindAsync(row.Key.MarkId, _leaving.Token) is not { } key)
        {
            snackbar.Add("Nothing of this key is held any more. Look again.", Severity.Warning);
            await Decided.InvokeAsync();
        }
        else if (await DecideHeldDialog.AskAsync(dialogs, key) is { } decision)
        {
            HoldOutcome outcome = await held.DecideAsync(_actor, decision, _leaving.Token);
            HeldKeysTable.Tell(snackbar, outcome);
            await Decided.InvokeAsync();
        }
    }

    private async Task TellAsync(Func<Task<WaitingOutcome>> decide)
    {
        _busy = true;
        try
        {
            (string sentence, Severity severity) = await decide() switch
            {
                WaitingOutcome.Decided decided => (decided.Sentence, Severity.Success),
                WaitingOutcome.ChangedMeanwhile changed => (changed.Sentence, Severity.Warning),
                WaitingOutcome.Refused refused => (refused.Sentence, Severity.Error),
                _ => throw new UnreachableException(),
            };
            snackbar.Add(sentence, severity);
        }
        finally
        {
            _busy = false;
        }

        await Decided.InvokeAsync();
    }
}
