using LagoConsole.Core.Buyers;
using LagoConsole.Core.Buyers.Import;
using LagoConsole.Core.Buyers.Mapping;
using LagoConsole.Core.Security;
using LagoConsole.SignIn;
using Microsoft.AspNetCore.Components;

namespace LagoConsole.Components.Buyers;

/// <summary>Which Lago customer is which buyer, for many at once; and what nobody is billed for while one has none.</summary>
public sealed partial class MapCustomersPage(
    MappingQueries queries, LagoLooks looks, BuyerMapping mapping, LagoCustomers customers, CurrentActor person, NavigationManager navigation, ILogger<MapCustomersPage> logger)
    : ComponentBase, IDisposable
{
    private static readonly string _template = "data:text/csv;charset=utf-8," + Uri.EscapeDataString(ImportColumn.MappingTemplate);

    private readonly CancellationTokenSource _leaving = new();
    private IReadOnlyList<LinkableIntegration>? _integrations;
    private LinkableIntegration? _integration;
    private IReadOnlyList<SharedCustomer> _shared = [];
    private int _unlinked;
    private bool _canEdit;
    private bool _failed;

    private LookReport? _report;
    private MappingPreview? _preview;
    private MappingResult? _result;
    private string? _problem;

    /// <summary>What is under way; with <see cref="_progress"/> and <see cref="_stop"/>.</summary>
    private Work _working;

    private LookProgress? _progress;
    private CancellationTokenSource? _stop;

    /// <summary>The integration that is looked at; another text chooses none.</summary>
    [SupplyParameterFromQuery(Name = "integration")]
    public string? IntegrationId { get; set; }

    private bool Busy => _working != Work.None;

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

    private async Task LoadAsync()
    {
        try
        {
            IReadOnlyList<LinkableIntegration> integrations = await customers.ListIntegrationsAsync(_leaving.Token);
            _integration = integrations is [var only] ? only : integrations.FirstOrDefault(integration => integration.Id.ToString() == IntegrationId);
            _shared = await queries.SharedAsync(_leaving.Token);
            _unlinked = await queries.CountUnlinkedAsync(_leaving.Token);
            _report = _integration is { } chosen ? await Task.Run(() => looks.FindAsync(chosen.Id, _leaving.Token), _leaving.Token) : null;
            _integrations = integrations;
            _failed = false;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            logger.LogError(failure, "Which buyers have a Lago customer could not be read.");
            _failed = true;
        }
    }

    private void Choose(Guid? id) => navigation.NavigateTo(navigation.GetUriWithQueryParameter("integration", id), replace: true);

    private async Task LookAsync()
    {
        Actor actor = await person.GetAsync();
        LookOutcome? outcome = await WorkAsync(
            Work.Look, (progress, token) => looks.LookAsync(actor, _integration!.Id, progress, token), "The look was stopped. Nothing was concluded from it.", "The look broke off; the cause is in the server's log.");
        _problem ??= (outcome as LookOutcome.Failed)?.Sentence;
        await LoadAsync();
    }

    private async Task PreviewAcceptedAsync(IReadOnlyList<LinkWish> accepted)
    {
        Actor actor = await person.GetAsync();
        await PreviewAsync((progress, token) => mapping.PreviewAsync(actor, accepted, progress, token));
    }

    private async Task PreviewFileAsync(CsvUpload upload)
    {
        (_preview, _result, _working, _progress) = (null, null, Work.Preview, new LookProgress("reading the file", 0, null));
        (byte[]? bytes, _problem) = await upload.ReadAsync(_leaving.Token);
        if (bytes is null)
        {
            (_working, _progress) = (Work.None, null);
            return;
        }

        Actor actor = await person.GetAsync();
        await PreviewAsync((progress, token) => mapping.PreviewFileAsync(actor, upload.Name, bytes, progress, token));
    }

    private async Task PreviewAsync(Func<IProgress<LookProgress>, CancellationToken, Task<MappingPreviewOutcome>> preview)
    {
        (_preview, _result) = (null, null);
        MappingPreviewOutcome? outcome = await WorkAsync(
            Work.Preview, preview, "The preview was stopped. Nothing was stored.", "The lines could not be held against what is stored; the cause is in the server's log. Nothing was stored.");
        _problem ??= (outcome as MappingPreviewOutcome.Impossible)?.Sentence;
        _preview = (outcome as MappingPreviewOutcome.Ready)?.Preview;
    }

    private async Task SaveAsync((MappingPreview Wanted, MappingStart Start) choice)
    {
        Actor actor = await person.GetAsync();
        _result = await WorkAsync(
            Work.Save, (progress, token) => mapping.SaveAsync(actor, choice.Wanted, choice.Start, progress, token),
            "Saving was stopped. What was saved until then stays; a new preview shows what is left.",
            "Saving broke off; the cause is in the server's log. What was saved until then stays; a new preview shows what is left.");
        _preview = null;
        await LoadAsync();
    }

    private Task StopAsync() => _stop?.CancelAsync() ?? Task.CompletedTask;

    /// <summary>Does the work off this circuit's thread, which would draw no progress before the end. Null where it came to no end.</summary>
    private async Task<T?> WorkAsync<T>(Work work, Func<IProgress<LookProgress>, CancellationToken, Task<T>> run, string stopped, string broken)
        where T : class
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(_leaving.Token);
        (_working, _stop, _problem, _progress) = (work, stop, null, new LookProgress("beginning", 0, null));
        Progress<LookProgress> progress = new(step =>
        {
            if (_progress is { } before && (step.What != before.What || step.Total is null || WorkProgress.Percent(step) > WorkProgress.Percent(before))) // not a picture for each
            {
                _progress = step;
                StateHasChanged();
            }
        });
        try
        {
            return await Task.Run(() => run(progress, stop.Token), stop.Token);
        }
        catch (OperationCanceledException) when (!_leaving.IsCancellationRequested)
        {
            _problem = stopped;
            return null;
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or ForbiddenException))
        {
            logger.LogError(failure, "Mapping Lago customers broke off.");
            _problem = broken;
            return null;
        }
        finally
        {
            (_working, _stop, _progress) = (Work.None, null, null);
        }
    }

    private enum Work
    {
        None,
        Look,
        Preview,
        Save,
    }
}
