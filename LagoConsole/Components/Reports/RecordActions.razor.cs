using System.Diagnostics;
using System.Globalization;
using LagoConsole.Components.Shared;
using LagoConsole.Core.Money;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using LagoConsole.SignIn;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.Reports;

/// <summary>The buttons that settle one record, for the roles that may press them.</summary>
public sealed partial class RecordActions(
    RecordDecisions decisions, CurrentActor person, IDialogService dialogs, ISnackbar snackbar) : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private Actor _actor = new("", Role.None);
    private bool _busy;

    [Parameter]
    [EditorRequired]
    public required RecordDetail Detail { get; set; }

    /// <summary>After each answer: the record is, or may be, another one now.</summary>
    [Parameter]
    public EventCallback Decided { get; set; }

    private UsageRecordState State => Detail.Record.State;

    private string? Hint => (_actor.Can(Role.Operator), _actor.Can(Role.Admin), State.CanBeSentAgain()) switch
    {
        (_, true, _) => null,
        (true, false, _) => "Settling a record needs the role Admin.",
        (false, _, true) => "Sending a record again needs the role Operator; settling it needs Admin.",
        (false, _, false) => "Settling a record needs the role Admin.",
    };

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override async Task OnInitializedAsync() => _actor = await person.GetAsync();

    private async Task SendAgainAsync()
    {
        RecordDetail seen = Detail; // the page may load another one while the person thinks
        RecordRow record = seen.Record;
        bool sure = await ConfirmDialog.AskAsync(
            dialogs, "Send again",
            $"{record.BuyerName}: {record.Quantity.ToString("#,##0", CultureInfo.InvariantCulture)} × {record.DimensionKey}, {MoneyText.Format(record.AmountMinor, record.Currency)}, goes to {record.Marketplace.Label()} again.",
            "Send again", destructive: false,
            "The identical record is sent: the hour is billed once at most.",
            "If the reason of the refusal is not mended, it is refused again, and nothing is billed.",
            "If its deadline is too near, it is voided instead, and its money goes into a later hour.");
        if (sure)
        {
            await DecideAsync(() => decisions.SendAgainAsync(_actor, record.Id, seen.Version, _leaving.Token));
        }
    }

    private async Task SettleAsync(bool billed)
    {
        RecordDetail seen = Detail;
        IDialogReference dialog = await dialogs.ShowAsync<SettleRecordDialog>(SettleRecordDialog.Verb(billed), new DialogParameters<SettleRecordDialog>
        {
            { form => form.Record, seen.Record },
            { form => form.Billed, billed },
        });
        if (await dialog.Result is { Canceled: false, Data: string note })
        {
            await DecideAsync(() => decisions.SettleAsync(
                _actor, new SettleRecord(seen.Record.Id, seen.Version, billed, note), _leaving.Token));
        }
    }

    private async Task DecideAsync(Func<Task<RecordDecisionOutcome>> decide)
    {
        _busy = true;
        try
        {
            (string sentence, Severity severity) = await decide() switch
            {
                RecordDecisionOutcome.Decided decided => (decided.Sentence, Severity.Success),
                RecordDecisionOutcome.ChangedMeanwhile changed => (changed.Sentence, Severity.Warning),
                RecordDecisionOutcome.NotOpen notOpen => (notOpen.Sentence, Severity.Warning),
                RecordDecisionOutcome.NotFound notFound => (notFound.Sentence, Severity.Error),
                RecordDecisionOutcome.NoteInvalid invalid => (invalid.Sentence, Severity.Error),
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
