using LagoConsole.Core.DryRun;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Security;
using LagoConsole.Sandbox;
using LagoConsole.SignIn;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.Integrations;

/// <summary>The connected organizations: is each verified and polling, and what to do if not.</summary>
public sealed partial class IntegrationsPage(
    IntegrationQueries queries, IntegrationRuns runs, IntegrationService service, IntegrationDeletion deletion,
    AutoReportService autoReport, DryRunService dryRuns, ISandboxDoor sandbox, CurrentActor person, IDialogService dialogs, ISnackbar snackbar)
{
    private const int PerPage = 20;

    private static readonly DialogOptions _wide = new() { MaxWidth = MaxWidth.Medium, FullWidth = true };

    private readonly CancellationTokenSource _left = new();
    private readonly HashSet<Guid> _verifying = [];
    private IReadOnlyDictionary<Guid, DateTimeOffset?> _nextRuns = new Dictionary<Guid, DateTimeOffset?>();
    private IntegrationPage? _page;
    private Actor _actor = new("anonymous", Role.None);
    private bool _mayChange;
    private int _number = 1;

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

    private async Task LoadAsync()
    {
        IntegrationPage page = await queries.ListAsync((_number - 1) * PerPage, PerPage, _left.Token);
        _nextRuns = await runs.NextAsync([.. page.Rows.Select(row => row.Id)], _left.Token);
        _page = page;
    }

    private RunDry DryRunOf(Guid integrationId) => new DryRunSession(dryRuns, _actor, new DryRunScope.OfIntegration(integrationId)).RunAsync;

    private Task GoToAsync(int number)
    {
        _number = number;
        return LoadAsync();
    }

    private async Task ConnectAsync()
    {
        IDialogReference dialog = await dialogs.ShowAsync<ConnectIntegrationDialog>("Connect Lago", new DialogParameters<ConnectIntegrationDialog>
        {
            { shown => shown.Connect, input => service.ConnectAsync(_actor, input, _left.Token) },
            { shown => shown.SandboxKey, sandbox.IsOpen ? SandboxKeys.LagoApiKey : null },
        });
        if (await dialog.Result is { Canceled: false, Data: ConnectOutcome.Connected connected })
        {
            await DoneAsync($"{connected.Name} is connected. Press VERIFY next.", Severity.Success);
        }
    }

    private async Task VerifyAsync(IntegrationRow row)
    {
        _verifying.Add(row.Id);
        try
        {
            switch (await service.VerifyAsync(_actor, row.Id, _left.Token))
            {
                case VerifyOutcome.Verified:
                    await DoneAsync($"{row.Name} is verified.", Severity.Success);
                    break;
                case VerifyOutcome.Failed:
                    await DoneAsync($"{row.Name} could not be verified. The cause is shown beside it.", Severity.Error);
                    break;
                case VerifyOutcome.Overtaken overtaken:
                    await DoneAsync(overtaken.Sentence, Severity.Warning);
                    break;
            }
        }
        finally
        {
            _verifying.Remove(row.Id);
        }
    }

    private async Task EditAsync(IntegrationRow row)
    {
        // As it is now, not as it was when the page was drawn: another person's change in between is no conflict then.
        if (await queries.FindAsync(row.Id, _left.Token) is not { } current)
        {
            await DoneAsync($"{row.Name} was deleted by somebody else.", Severity.Warning);
            return;
        }

        IDialogReference dialog = await dialogs.ShowAsync<EditIntegrationDialog>(
            $"Edit {current.Name}",
            new DialogParameters<EditIntegrationDialog>
            {
                { shown => shown.Integration, current },
                { shown => shown.Save, input => service.EditAsync(_actor, input, _left.Token) },
                { shown => shown.Preview, () => autoReport.PreviewAsync(_actor, row.Id, _left.Token) },
                { shown => shown.Resting, () => autoReport.RestingAsync(_actor, row.Id, _left.Token) },
                { shown => shown.TurnOn, start => autoReport.TurnOnAsync(_actor, row.Id, start, _left.Token) },
                { shown => shown.DryRun, DryRunOf(row.Id) },
            },
            _wide with { CloseOnEscapeKey = false });
        await FinishAsync(dialog);
    }

    private async Task DeleteAsync(IntegrationRow row)
    {
        if (await deletion.PreviewAsync(_actor, row.Id, _left.Token) is not { } preview)
        {
            await DoneAsync($"{row.Name} was deleted by somebody else.", Severity.Warning);
            return;
        }

        IDialogReference dialog = await dialogs.ShowAsync<DeleteIntegrationDialog>(
            $"Delete {preview.Name}",
            new DialogParameters<DeleteIntegrationDialog>
            {
                { shown => shown.Preview, preview },
                { shown => shown.Delete, request => deletion.DeleteAsync(_actor, request, _left.Token) },
            },
            _wide);
        await FinishAsync(dialog);
    }

    /// <summary>The list is read anew even after Cancel: a first step of the dialog may have been saved.</summary>
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
