using System.Data.Common;
using System.Diagnostics;
using LagoConsole.Components.DryRun;
using LagoConsole.Components.Settings;
using LagoConsole.Components.Shared;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.DryRun;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using LagoConsole.SignIn;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.Products;

/// <summary>One product: its dimensions with their price history, and where the money of each Lago metric goes.</summary>
public sealed partial class ProductPage(
    ProductQueries queries, ProductService products, ConversionService conversions, SourceMetrics sources,
    AccountQueries accounts, AccountChoices choices, DryRunService dryRuns, CurrentActor person, IDialogService dialogs, ISnackbar snackbar) : ComponentBase, IDisposable
{
    private static readonly DialogOptions _wide = new() { MaxWidth = MaxWidth.Medium, FullWidth = true };

    private readonly CancellationTokenSource _leaving = new();
    private readonly HashSet<Guid> _open = [];
    private ProductDetail? _product;
    private SourceMetricList? _metrics;
    private bool _canEdit;

    /// <summary>A switch keeps what was clicked: after a question it is drawn anew, as it is stored.</summary>
    private int _asked;
    private bool _loaded;
    private bool _failed;

    [Parameter]
    public Guid Id { get; set; }

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        _canEdit = (await person.GetAsync()).Can(Role.Operator);
        await LoadAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && _product is { Conversions.Count: > 0 })
        {
            await LoadMetricsAsync(); // Lago may be slow: the page does not wait for it
            StateHasChanged();
        }
    }

    internal static string Standing(PriceStanding standing) => standing switch
    {
        PriceStanding.InForce => "in force",
        PriceStanding.Scheduled => "scheduled",
        PriceStanding.Past => "past",
        _ => throw new UnreachableException($"No such standing: {standing}."),
    };

    private static string Prices(DimensionDetail dimension) => $"{dimension.Prices.Count} {(dimension.Prices.Count == 1 ? "price" : "prices")}";

    private string Example(decimal? unitPriceMinor, string currency) => unitPriceMinor is { } price
        ? ConversionExample.Of(price, currency).Sentence(MarketplaceRules.For(_product!.Marketplace).MaxQuantity)
        : "Nothing is reported until a price is in force.";

    private void Toggle(Guid dimensionId)
    {
        if (!_open.Remove(dimensionId))
        {
            _open.Add(dimensionId);
        }
    }

    private async Task LoadAsync()
    {
        try
        {
            _product = await queries.FindAsync(Id, _leaving.Token);
            _failed = false;
            _loaded = true;
        }
        catch (DbException)
        {
            _failed = true;
        }
    }

    private async Task LoadMetricsAsync()
    {
        try
        {
            _metrics = await sources.ListAsync(_leaving.Token);
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // The person has left the page.
        }
    }

    private async Task<RunDry> DryRunAsync() => new DryRunSession(dryRuns, await person.GetAsync(), new DryRunScope.OfProduct(Id)).RunAsync;

    private Task AddDimensionAsync() => ShowAsync<AddDimensionDialog>($"Add dimension to {_product!.Name}", new DialogParameters<AddDimensionDialog>
    {
        { form => form.ProductId, Id },
        { form => form.Marketplace, _product.Marketplace },
        { form => form.Save, async input => await products.AddDimensionAsync(await person.GetAsync(), input, _leaving.Token) },
    });

    private async Task SetPriceAsync(DimensionDetail dimension) => await ShowAsync<SetPriceDialog>($"Set price of {dimension.Key}", new DialogParameters<SetPriceDialog>
    {
        { form => form.Dimension, dimension },
        { form => form.Marketplace, _product!.Marketplace },
        { form => form.Search, (text, cancellationToken) => queries.SearchEntitlementsAsync(Id, text, SetPriceDialog.MaxFound, cancellationToken) },
        { form => form.DryRun, await DryRunAsync() },
        { form => form.Save, async input => await products.SetPriceAsync(await person.GetAsync(), input, _leaving.Token) },
    }, _wide);

    private async Task AddConversionAsync()
    {
        await LoadMetricsAsync();
        await ShowAsync<AddConversionDialog>($"Add conversion to {_product!.Name}", new DialogParameters<AddConversionDialog>
        {
            { form => form.ProductId, Id },
            { form => form.Marketplace, _product.Marketplace },
            { form => form.Dimensions, _product.Dimensions },
            { form => form.Metrics, _metrics ?? new SourceMetricList([], []) },
            { form => form.DryRun, await DryRunAsync() },
            { form => form.Save, async input => await conversions.AddAsync(await person.GetAsync(), input, _leaving.Token) },
        }, _wide);
    }

    private async Task RemoveConversionAsync(ConversionRow row)
    {
        bool confirmed = await ConfirmChangeDialog.AskAsync(
            dialogs, "Remove conversion",
            $"The money of {row.MetricCode} will no longer go to {row.DimensionKey}.", "Remove", destructive: true,
            [
                "What it brought to the dimension stays there and is reported.",
                $"New money of {row.MetricCode} waits until it has a conversion again.",
            ],
            await DryRunAsync(), new ProposedChange.RemoveConversion(row.Id));
        if (confirmed)
        {
            await TellAsync(await conversions.RemoveAsync(await person.GetAsync(), row.Id, _leaving.Token));
        }
    }

    private async Task SetReportAtCloseOnlyAsync(ConversionRow row, bool on)
    {
        bool confirmed = await ConfirmChangeDialog.AskAsync(
            dialogs, "Change conversion",
            on ? $"{row.MetricCode} will be reported when its period is closed, not as it grows." : $"{row.MetricCode} will be reported as it grows.",
            "Change", destructive: false,
            [
                on ? "What was reported of the open period stays, and counts." : "What grew in the open period so far is reported after the next poll.",
                "Usage records that exist already are not touched.",
            ],
            await DryRunAsync(), new ProposedChange.ChangeConversion(row.Id, on));
        _asked++;
        if (confirmed)
        {
            await TellAsync(await conversions.SetReportAtCloseOnlyAsync(await person.GetAsync(), row.Id, on, _leaving.Token));
        }
    }

    private async Task ChooseAccountAsync()
    {
        IReadOnlyList<AccountChoice> own = [.. (await accounts.ChoicesAsync(_leaving.Token)).Where(account => account.Marketplace == _product!.Marketplace)];
        IDialogReference dialog = await dialogs.ShowAsync<ChooseAccountDialog>($"Choose account of {_product!.Name}", new DialogParameters<ChooseAccountDialog>
        {
            { form => form.Choices, own },
            { form => form.Present, _product.AccountId },
            { form => form.Save, async accountId => await choices.ChooseAsync(await person.GetAsync(), Id, accountId, _leaving.Token) },
        });
        if (await dialog.Result is { Canceled: false, Data: string sentence })
        {
            snackbar.Add(sentence, Severity.Success);
            await LoadAsync();
        }
    }

    private async Task ConfirmSoleWriterAsync(bool confirmed)
    {
        bool sure = !confirmed || await ConfirmDialog.AskAsync(
            dialogs, "Confirm sole writer",
            $"You confirm that no other program reports usage of {_product!.Name} to {_product.Marketplace.Label()}.", "Confirm sole writer", destructive: false,
            "If another one does, its records could be taken for ours, and usage would go unbilled.",
            "Your name is kept with it. You can withdraw it.");
        if (sure)
        {
            await TellAsync(await products.ConfirmSoleWriterAsync(await person.GetAsync(), Id, confirmed, _leaving.Token));
        }
    }

    private async Task ShowAsync<TDialog>(string title, DialogParameters parameters, DialogOptions? options = null)
        where TDialog : IComponent
    {
        IDialogReference dialog = await dialogs.ShowAsync<TDialog>(title, parameters, options);
        if (await dialog.Result is { Canceled: false, Data: ProductOutcome outcome })
        {
            await TellAsync(outcome);
        }
    }

    private async Task TellAsync(ProductOutcome outcome)
    {
        switch (outcome)
        {
            case ProductOutcome.Saved saved:
                snackbar.Add(saved.Sentence, Severity.Success);
                break;
            case ProductOutcome.ChangedMeanwhile changed:
                snackbar.Add(changed.Sentence, Severity.Warning);
                break;
            case ProductOutcome.Refused refused:
                snackbar.Add(string.Join(' ', refused.Problems.Values), Severity.Error); // a refusal of a dialog stays at its fields
                break;
            default:
                throw new UnreachableException();
        }

        await LoadAsync();
    }
}
