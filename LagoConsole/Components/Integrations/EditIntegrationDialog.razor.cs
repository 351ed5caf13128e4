using LagoConsole.Components.Shared;
using LagoConsole.Core.DryRun;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Money;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Security;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.Integrations;

/// <summary>Closes with a sentence that says what was done.</summary>
public sealed partial class EditIntegrationDialog
{
    private UnsavedGuard? _guard;
    private bool _autoReport;
    private BillingMode _mode;
    private string? _newKey;
    private string? _keyError;
    private int _factor;
    private long _floorMinor;
    private long _absoluteMinor;
    private bool _includeTrueUps;
    private EditOutcome.Refused? _limitProblem;
    private string? _problem;
    private string _seenSettings = "";
    private string? _savedSentence;
    private string _doing = "";
    private AutoReportStart _foreseen = AutoReportStart.ReportIt;
    private bool _busy;

    /// <summary>Set once what has accrued was read: the dialog then asks what becomes of it.</summary>
    private IReadOnlyList<AccruedLine>? _accrued;

    [CascadingParameter] private IMudDialogInstance Dialog { get; set; } = null!;

    /// <summary>As it was when the dialog was opened.</summary>
    [Parameter, EditorRequired] public required IntegrationRow Integration { get; set; }

    [Parameter, EditorRequired] public required Func<EditIntegration, Task<EditOutcome>> Save { get; set; }

    /// <summary>Reads what has accrued; may take a while.</summary>
    [Parameter, EditorRequired] public required Func<Task<AccruedPreview>> Preview { get; set; }

    /// <summary>Adds up what would rest while it is off.</summary>
    [Parameter, EditorRequired] public required Func<Task<IReadOnlyList<RestingMoney>>> Resting { get; set; }

    [Parameter, EditorRequired] public required Func<AutoReportStart, Task<AutoReportOutcome>> TurnOn { get; set; }

    [Parameter, EditorRequired] public required RunDry DryRun { get; set; }

    private bool IsVerified => Integration.Status == IntegrationStatus.Verified && string.IsNullOrEmpty(_newKey);

    private bool CanSwitch => Integration.AutoReport || IsVerified;

    private bool Changes => _autoReport != Integration.AutoReport || _mode != Integration.BillingMode || !string.IsNullOrEmpty(_newKey)
        || new JumpLimits(_factor, _floorMinor, _absoluteMinor) != Integration.Limits || _includeTrueUps != Integration.IncludeTrueUps;

    private bool SwitchesOff => !_autoReport && Integration.AutoReport;

    private string KeyHint => string.IsNullOrEmpty(_newKey)
        ? $"Empty keeps the present key, which ends in {Integration.KeyLastFour}. A new one must be of the same organization."
        : "The present key is erased. Polling rests until VERIFY was pressed, and growth is caught up with then.";

    private string SwitchHint => (CanSwitch, Integration.AutoReport, string.IsNullOrEmpty(_newKey)) switch
    {
        (true, true, _) => "Off: nothing is polled, and what closing periods find waits. Usage records already made are still sent.",
        (true, false, _) => "On: Lago is polled each hour and growth is reported. You are shown what has accrued first.",
        (false, _, false) => "Save the new key and press VERIFY first: only a verified integration can report.",
        _ => "Press VERIFY first: only a verified integration can report.",
    };

    protected override void OnInitialized()
    {
        _autoReport = Integration.AutoReport;
        _mode = Integration.BillingMode;
        (_factor, _floorMinor, _absoluteMinor) = Integration.Limits;
        _includeTrueUps = Integration.IncludeTrueUps;
        _seenSettings = Integration.Settings;
    }

    /// <summary>Escape, like any way out, loses nothing without a question.</summary>
    private async Task LeaveAsync()
    {
        if (!_busy && await _guard!.MayLeaveAsync())
        {
            Dialog.Cancel();
        }
    }

    private string? ProblemOf(IntegrationField field) => _limitProblem?.Field == field ? _limitProblem.Sentence : null;

    /// <summary>A bare count of minor units says nothing to a person: in each currency that this Lago counts in.</summary>
    private string Money(long minor) => string.Join(" or ", Integration.Currencies.Select(currency => MoneyText.Format(minor, currency)));

    private async Task SaveAsync()
    {
        if (SwitchesOff)
        {
            IReadOnlyList<RestingMoney>? resting = null;
            await WorkAsync("Adding up what would rest…", async () => resting = await Resting());
            if (resting is null || !await MaySwitchOffAsync(resting))
            {
                return;
            }
        }

        await WorkAsync("Saving…", SaveChangesAsync);
    }

    private Task<bool> MaySwitchOffAsync(IReadOnlyList<RestingMoney> resting)
    {
        string sum = string.Join(" and ", resting.Select(money => MoneyText.Format(money.AmountMinor, money.Currency)));
        return ConfirmDialog.AskAsync(
            Dialogs, "Switch auto report off", $"Usage of {Integration.Name} is not polled and not reported any more.", "Switch off", destructive: true,
            sum.Length > 0
                ? $"{sum} is counted and on no usage record yet. It stays in the books and is not reported while auto report is off."
                : "Nothing that was counted rests by this.",
            "What is used from now on is counted by Lago alone. What the closing of a billing period finds waits, as auto report off.",
            "Usage records that exist already are still sent.",
            "Switching it on again shows what has accrued, and asks. A marketplace takes no usage of a purchase that ended more than a day ago (AWS and Google: an hour).");
    }

    private async Task SaveChangesAsync()
    {
        bool switchOn = _autoReport && !Integration.AutoReport && CanSwitch;
        _keyError = null;
        _limitProblem = null;
        EditOutcome outcome = await Save(new EditIntegration
        {
            Id = Integration.Id,
            SeenSettings = _seenSettings,
            BillingMode = _mode,
            NewApiKey = _newKey,
            SwitchAutoReportOff = SwitchesOff,
            Limits = new JumpLimits(_factor, _floorMinor, _absoluteMinor),
            IncludeTrueUps = _includeTrueUps,
        });
        switch (outcome)
        {
            case EditOutcome.Saved saved:
                _seenSettings = saved.Settings;
                _savedSentence = saved.Sentence ?? _savedSentence;
                if (switchOn)
                {
                    await AskAsync();
                }
                else
                {
                    Dialog.Close(_savedSentence ?? "Nothing was different, so nothing was changed.");
                }

                break;
            case EditOutcome.Refused { Field: IntegrationField.ApiKey } refused:
                _keyError = refused.Sentence;
                break;
            case EditOutcome.Refused { Field: IntegrationField.JumpFactor or IntegrationField.JumpFloor or IntegrationField.JumpLimit } refused:
                _limitProblem = refused;
                break;
            case EditOutcome.Refused refused:
                _problem = refused.Sentence;
                break;
            case EditOutcome.ChangedMeanwhile changed:
                _problem = changed.Sentence;
                break;
        }
    }

    private async Task AskAsync()
    {
        Tell("Reading from Lago what has accrued…");
        switch (await Preview())
        {
            case AccruedPreview.Ready { Lines.Count: 0 }:
                await SwitchOnAsync(AutoReportStart.ReportIt); // nothing to decide on: both answers mean the same
                break;
            case AccruedPreview.Ready ready:
                _accrued = ready.Lines;
                break;
            case AccruedPreview.Failed failed:
                _problem = failed.Sentence;
                break;
        }
    }

    private Task TurnOnAsync(AutoReportStart start) => WorkAsync("Switching auto report on…", () => SwitchOnAsync(start));

    private async Task SwitchOnAsync(AutoReportStart start)
    {
        Tell("Switching auto report on…");
        switch (await TurnOn(start))
        {
            case AutoReportOutcome.On:
                Dialog.Close(start == AutoReportStart.StartFromNow
                    ? "Auto report is on, from now: what had accrued is given up. Lago is polled each hour."
                    : "Auto report is on. Lago is polled each hour, and growth is reported.");
                break;
            case AutoReportOutcome.Failed failed:
                _problem = failed.Sentence;
                break;
        }
    }

    private void Tell(string doing)
    {
        _doing = doing;
        StateHasChanged();
    }

    private async Task WorkAsync(string doing, Func<Task> work)
    {
        _busy = true;
        _problem = null;
        Tell(doing);
        try
        {
            await work();
        }
        catch (ForbiddenException forbidden)
        {
            _problem = forbidden.Message;
        }
        finally
        {
            _busy = false;
            StateHasChanged(); // a question may follow, and the handler is not over
        }
    }
}
