using System.Diagnostics;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.DryRun;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Security;
using LagoConsole.SignIn;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.Buyers;

/// <summary>Puts the Lago Customer ID on a buyer, changes it, takes it away.</summary>
public sealed partial class LagoCustomerIdForm(
    LagoCustomers customers, BuyerLinkService links, DryRunService dryRuns, CurrentActor person, IDialogService dialogs, ISnackbar snackbar) : ComponentBase, IDisposable
{
    private static readonly DialogOptions _wide = new() { MaxWidth = MaxWidth.Medium, FullWidth = true };

    private readonly CancellationTokenSource _leaving = new();
    private readonly Dictionary<string, LagoCustomerChoice> _found = new(StringComparer.Ordinal);
    private IReadOnlyList<LinkableIntegration>? _integrations;
    private Guid? _integrationId;
    private string? _typed;
    private string? _problem;
    private string? _searchProblem;
    private bool _busy;

    [Parameter]
    [EditorRequired]
    public required BuyerDetail Buyer { get; set; }

    [Parameter]
    public bool CanEdit { get; set; }

    /// <summary>The link is another one now: the page reads the buyer again.</summary>
    [Parameter]
    public EventCallback Changed { get; set; }

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _integrations = await customers.ListIntegrationsAsync(_leaving.Token);
        _integrationId = Buyer.Link?.IntegrationId ?? (_integrations is [var only] ? only.Id : null);
        _typed = Buyer.Link?.LagoCustomerId;
    }

    private string IntegrationName(Guid? id) => _integrations?.FirstOrDefault(integration => integration.Id == id) switch
    {
        null => "",
        { Status: IntegrationStatus.Verified } verified => verified.Name,
        var other => $"{other.Name} ({other.Status.Label()})",
    };

    private string Describe(string id) => _found.GetValueOrDefault(id) switch
    {
        null => id,
        { LinkedBuyer: { } buyer } taken when buyer != Buyer.Name => $"{taken.Name ?? "no name"} · {id} (belongs to {buyer})",
        var customer => $"{customer.Name ?? "no name"} · {id}",
    };

    private void ChooseIntegration(Guid? id)
    {
        _integrationId = id;
        _found.Clear();
        _problem = null;
    }

    private async Task<IEnumerable<string>> SearchAsync(string? term, CancellationToken cancellationToken)
    {
        if (_integrationId is not { } integrationId)
        {
            return [];
        }

        switch (await customers.SearchAsync(integrationId, term, cancellationToken))
        {
            case LagoCustomerSearch.Found found:
                _searchProblem = null;
                foreach (LagoCustomerChoice customer in found.Customers)
                {
                    _found[customer.LagoCustomerId] = customer;
                }

                return found.Customers.Select(customer => customer.LagoCustomerId);
            case LagoCustomerSearch.Failed failed:
                _searchProblem = failed.Sentence;
                return [];
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>A button that is disabled while Lago is asked loses the focus, and the dialog has nothing to give it back to.</summary>
    private string? Busy => _busy ? "true" : null;

    private async Task SaveAsync()
    {
        if (_busy)
        {
            return;
        }

        _problem = null;
        if (_integrationId is not { } integrationId)
        {
            _problem = "Choose the integration first: the ID is one of its customers.";
            return;
        }

        Actor actor = await person.GetAsync();
        _busy = true;
        LinkPreviewOutcome looked = await links.PreviewAsync(actor, Buyer.Id, integrationId, _typed ?? "", _leaving.Token);
        _busy = false;
        switch (looked)
        {
            case LinkPreviewOutcome.Refused refused:
                _problem = refused.Sentence;
                break;
            case LinkPreviewOutcome.Ready ready when await AskAsync(ready.Preview, actor) is { } choice:
                await TellAsync(
                    await links.SaveAsync(actor, ready.Preview, choice.Start, choice.BilledElsewhere, choice.OldMoney, _leaving.Token),
                    $"{ready.Preview.CustomerName} is now {Buyer.Name}'s customer in Lago. Its usage is polled from the next run on, while auto report is on.");
                break;
            case LinkPreviewOutcome.Ready:
                break; // cancelled: nothing was saved, and what was typed stays
            default:
                throw new UnreachableException();
        }
    }

    private async Task<LinkChoice?> AskAsync(LinkPreview preview, Actor actor)
    {
        IDialogReference dialog = await dialogs.ShowAsync<LinkStartDialog>("From where is usage billed?", new DialogParameters<LinkStartDialog>
        {
            { form => form.Preview, preview },
            { form => form.CanWriteOff, actor.Can(Role.Admin) },
            { form => form.DryRun, new DryRunSession(dryRuns, actor, new DryRunScope.OfLink(preview)).RunAsync },
        }, _wide);
        return await dialog.Result is { Canceled: false, Data: LinkChoice choice } ? choice : null;
    }

    private async Task RemoveAsync()
    {
        if (_busy)
        {
            return;
        }

        _problem = null;
        Actor actor = await person.GetAsync();
        _busy = true;
        IReadOnlyList<OpenMoneyLine>? money = await links.RemovePreviewAsync(actor, Buyer.Id, _leaving.Token);
        _busy = false;
        if (money is null)
        {
            await TellAsync(new LinkSaveOutcome.Refused("Somebody else removed this Lago Customer ID first."), "");
            await Changed.InvokeAsync();
            return;
        }

        IDialogReference dialog = await dialogs.ShowAsync<RemoveLinkDialog>("Remove Lago Customer ID", new DialogParameters<RemoveLinkDialog>
        {
            { form => form.BuyerName, Buyer.Name },
            { form => form.LagoCustomerId, Buyer.Link!.LagoCustomerId },
            { form => form.OpenMoney, money },
            { form => form.CanWriteOff, actor.Can(Role.Admin) },
        });
        if (await dialog.Result is { Canceled: false, Data: OpenMoneyChoice choice })
        {
            await TellAsync(
                await links.RemoveAsync(actor, Buyer.Id, choice, money, _leaving.Token),
                $"The Lago Customer ID was taken off {Buyer.Name}. Its usage is not polled any more.");
        }
    }

    private async Task TellAsync(LinkSaveOutcome outcome, string done)
    {
        switch (outcome)
        {
            case LinkSaveOutcome.Saved:
                snackbar.Add(done, Severity.Success);
                await Changed.InvokeAsync();
                break;
            case LinkSaveOutcome.Refused refused:
                _problem = refused.Sentence;
                break;
            default:
                throw new UnreachableException();
        }
    }
}
