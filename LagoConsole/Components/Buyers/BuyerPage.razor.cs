using System.Data.Common;
using System.Diagnostics;
using LagoConsole.Components.DryRun;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.DryRun;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using LagoConsole.SignIn;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.Buyers;

/// <summary>One buyer: who it is, its Lago Customer ID, what it bought, and its money that waits.</summary>
public sealed partial class BuyerPage(
    BuyerQueries queries, BuyerService buyers, EntitlementService entitlements, EntitlementLife lives, ProductQueries products,
    DryRunService dryRuns, CurrentActor person, IDialogService dialogs, ISnackbar snackbar) : ComponentBase, IDisposable
{
    /// <summary>More products than a person chooses from in a list.</summary>
    private const int MostProducts = 200;

    private readonly CancellationTokenSource _leaving = new();
    private BuyerDetail? _buyer;
    private EditBuyer? _input;
    private IReadOnlyDictionary<BuyerField, string> _problems = new Dictionary<BuyerField, string>();
    private bool _canEdit;
    private bool _canWriteOff;
    private bool _loaded;
    private bool _failed;

    [Parameter]
    public Guid Id { get; set; }

    /// <summary>Their money already waits, which an alert of its own says.</summary>
    private IEnumerable<string> WaitingForConversion => _buyer!.Waiting
        .Where(line => line.Reason == WaitReason.NoConversion).SelectMany(line => line.MetricCodes);

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        Actor actor = await person.GetAsync();
        _canEdit = actor.Can(Role.Operator);
        _canWriteOff = actor.Can(Role.Admin);
        await LoadAsync();
    }

    private string? Problem(BuyerField field) => _problems.GetValueOrDefault(field);

    private async Task LoadAsync()
    {
        try
        {
            _buyer = await queries.FindAsync(Id, _leaving.Token);
            if (_buyer is not null && (_input?.Id != Id || _input.SeenVersion != _buyer.Version))
            {
                // Only then: a new link or entitlement must not take away what was typed in the details.
                _input = new EditBuyer { Id = Id, SeenVersion = _buyer.Version, Name = _buyer.Name, Email = _buyer.Email };
                _problems = new Dictionary<BuyerField, string>();
            }

            _failed = false;
            _loaded = true;
        }
        catch (DbException)
        {
            _failed = true;
        }
    }

    private async Task SaveDetailsAsync()
    {
        BuyerOutcome outcome = await buyers.EditAsync(await person.GetAsync(), _input!, _leaving.Token);
        if (outcome is BuyerOutcome.Refused refused)
        {
            _problems = refused.Problems;
            return;
        }

        _problems = new Dictionary<BuyerField, string>();
        await TellAsync(outcome);
    }

    private async Task CreateEntitlementAsync()
    {
        ProductList list = await products.ListAsync(search: null, page: 0, MostProducts, _leaving.Token);
        await ShowAsync<NewEntitlementDialog>($"New entitlement of {_buyer!.Name}", new DialogParameters<NewEntitlementDialog>
        {
            { form => form.BuyerId, Id },
            { form => form.Products, list.Rows },
            { form => form.Save, async input => await entitlements.CreateAsync(await person.GetAsync(), input, _leaving.Token) },
        });
    }

    private async Task DryRunAsync()
    {
        DryRunSession session = new(dryRuns, await person.GetAsync(), new DryRunScope.OfBuyer(Id));
        await DryRunDialog.ShowAsync(dialogs, _buyer!.Name, session.RunAsync);
    }

    private Task EditEntitlementAsync(EntitlementDetail entitlement) => ShowAsync<EditEntitlementDialog>(
        $"Edit entitlement of {_buyer!.Name}", new DialogParameters<EditEntitlementDialog>
        {
            { form => form.Entitlement, entitlement },
            { form => form.CanWriteOff, _canWriteOff },
            { form => form.Save, async input => await lives.EditAsync(await person.GetAsync(), input, _leaving.Token) },
        });

    private async Task ShowAsync<TDialog>(string title, DialogParameters parameters)
        where TDialog : IComponent
    {
        IDialogReference dialog = await dialogs.ShowAsync<TDialog>(title, parameters);
        if (await dialog.Result is { Canceled: false, Data: BuyerOutcome outcome })
        {
            await TellAsync(outcome);
        }
    }

    private async Task TellAsync(BuyerOutcome outcome)
    {
        switch (outcome)
        {
            case BuyerOutcome.Saved saved:
                snackbar.Add(saved.Sentence, Severity.Success);
                break;
            case BuyerOutcome.ChangedMeanwhile changed:
                snackbar.Add(changed.Sentence, Severity.Warning);
                break;
            default:
                throw new UnreachableException($"A refusal stays at its fields: {outcome}.");
        }

        await LoadAsync();
    }
}
