using System.Data.Common;
using System.Diagnostics;
using LagoConsole.Components.Shared;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Fulfilment;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using LagoConsole.SignIn;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.Fulfilment;

/// <summary>What the marketplaces told of purchases and what became of it, and the ways to enter or to read purchases anew.</summary>
public sealed partial class PurchasesPage(
    NoticeQueries queries, NoticeActions actions, PurchaseTokens tokens, PurchaseSync sync, ProductQueries products, BuyerQueries buyers,
    CurrentActor person, IDialogService dialogs, ISnackbar snackbar, NavigationManager navigation) : ComponentBase, IDisposable
{
    /// <summary>More than a person chooses from in a list.</summary>
    private const int MostChoices = 200;

    private readonly CancellationTokenSource _leaving = new();
    private MudTable<NoticeRow> _table = null!;
    private Actor _actor = new("", Role.None);
    private SyncOutcome? _synchronised;
    private bool _openOnly;
    private bool _busy;
    private bool _failed;

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override async Task OnInitializedAsync() => _actor = await person.GetAsync();

    internal static string StateText(NoticeState state) => state switch
    {
        NoticeState.Pending => "waits",
        NoticeState.Done => "done",
        NoticeState.NeedsPerson => "needs you",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state."),
    };

    private static string StateClass(NoticeState state) => state switch
    {
        NoticeState.Done => "state state-good",
        NoticeState.NeedsPerson => "state state-bad",
        _ => "state",
    };

    private async Task<TableData<NoticeRow>> LoadAsync(TableState state, CancellationToken cancellationToken)
    {
        try
        {
            _failed = false;
            NoticeList list = await queries.ListAsync(_openOnly, state.Page, state.PageSize, cancellationToken);
            return new TableData<NoticeRow> { Items = list.Rows, TotalItems = list.Total };
        }
        catch (DbException)
        {
            _failed = true;
            return new TableData<NoticeRow> { Items = [], TotalItems = 0 };
        }
    }

    private Task FilterAsync(bool openOnly)
    {
        _openOnly = openOnly;
        return _table.ReloadServerData();
    }

    private async Task RegisterAsync()
    {
        ProductList sold = await products.ListAsync(search: null, page: 0, MostChoices, _leaving.Token);
        BuyerList known = await buyers.ListAsync(search: null, page: 0, MostChoices, _leaving.Token);
        IDialogReference dialog = await dialogs.ShowAsync<RegisterPurchaseDialog>("Register a purchase", new DialogParameters<RegisterPurchaseDialog>
        {
            { form => form.Products, [.. sold.Rows.Where(row => row.Marketplace != Marketplace.Gcp)] },
            { form => form.Buyers, known.Rows },
            { form => form.Save, input => tokens.RegisterAsync(_actor, input, _leaving.Token) },
        });
        if (await dialog.Result is { Canceled: false, Data: PurchaseOutcome outcome })
        {
            snackbar.Add(outcome.Sentence, Severity.Success);
            if (outcome.BuyerId is { } buyer)
            {
                navigation.NavigateTo($"/buyers/{buyer}");
            }
        }
    }

    private Task SynchroniseAsync() => DoAsync(async () => _synchronised = await sync.RunAsync(_actor, _leaving.Token));

    private Task TryAgainAsync(NoticeRow notice) => DoAsync(async () =>
    {
        NoticeState? state = await actions.TryAgainAsync(_actor, notice.Id, _leaving.Token);
        snackbar.Add(
            state switch
            {
                NoticeState.Done => $"{notice.Said}: done.",
                NoticeState.Pending => $"{notice.Said}: the marketplace could not be asked. It is asked again by itself.",
                NoticeState.NeedsPerson => $"{notice.Said}: nothing changed, it needs you still. The list says why.",
                null => $"{notice.Said}: somebody else has dealt with it meanwhile.",
                _ => throw new UnreachableException($"No such state: {state}."),
            },
            state == NoticeState.Done ? Severity.Success : Severity.Info);
    });

    private async Task DismissAsync(NoticeRow notice)
    {
        if (await ConfirmDialog.AskAsync(
            dialogs, "Dismiss notice", $"{notice.Said} of {notice.Marketplace.Label()} counts as dealt with, and the console does nothing about it.", "Dismiss", destructive: true,
            "If it began a purchase that is not entered, that buyer's money waits and nobody is reminded of it.",
            "If it ended one, usage is reported on it until the marketplace refuses it.",
            "The notice stays in the list, with your name."))
        {
            await DoAsync(() => actions.DismissAsync(_actor, notice.Id, _leaving.Token));
        }
    }

    private async Task DoAsync(Func<Task> work)
    {
        _busy = true;
        try
        {
            await work();
        }
        finally
        {
            _busy = false;
        }

        await _table.ReloadServerData();
    }
}
