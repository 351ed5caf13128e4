using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Money;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.Waiting;

/// <summary>Asks what of a held key is billed (R8, R15, R20, T30), and says in numbers what each answer does.</summary>
public sealed partial class DecideHeldDialog
{
    private string _billed = "";
    private string _upTo = "";
    private string _note = "";
    private string? _noteProblem;

    [CascadingParameter] private IMudDialogInstance Dialog { get; set; } = null!;

    [Parameter, EditorRequired] public required HeldKey Key { get; set; }

    private (long Minor, string? Problem) Billed => string.IsNullOrWhiteSpace(_billed) ? (0, null) : Read(_billed);

    private (long Minor, string? Problem) UpTo => Read(_upTo);

    private (HoldVerdict? Verdict, string? Problem) Verdict => Billed.Problem is not null || UpTo.Problem is not null
        ? (null, null)
        : HoldRule.Decide(Key.Amounts, Billed.Minor, UpTo.Minor);

    private string BilledHelp => Key.Reason is HoldReason.Restored or HoldReason.PayInAdvanceUnknown
        ? "By records since a backup that these books do not know of. Empty: none was billed."
        : "In this currency, of what Lago counts here. Empty: nothing was.";

    /// <summary>One press each; the numbers below then say what it does.</summary>
    private IEnumerable<(string Name, long UpToMinor)> Choices
    {
        get
        {
            if (Key.Amounts.IsLeftToClose)
            {
                yield return ("None was billed already", Key.MarkMinor);
                yield break;
            }

            yield return (Key.Reason == HoldReason.Restored ? "None was billed since: all of it flows on" : $"All of it: up to {Money(Key.SeenMinor)}", Key.SeenMinor);
            if (Key.OfferMinor is { } share && share > Key.MarkMinor && share < Key.SeenMinor)
            {
                yield return ($"The share that had passed: up to {Money(share)}", share);
            }

            if (Key.HeldMinor > 0)
            {
                yield return ("Nothing of it", Key.MarkMinor);
            }
        }
    }

    public static async Task<HoldDecision?> AskAsync(IDialogService dialogs, HeldKey key)
    {
        IDialogReference dialog = await dialogs.ShowAsync<DecideHeldDialog>(
            $"Decide: {key.MetricCode} of {key.BuyerName}",
            new DialogParameters<DecideHeldDialog> { { form => form.Key, key } },
            new DialogOptions { MaxWidth = MaxWidth.Small, FullWidth = true });
        return await dialog.Result is { Canceled: false, Data: HoldDecision decision } ? decision : null;
    }

    protected override void OnInitialized() => _upTo = MoneyText.FormatPlain(Key.OfferMinor is { } share ? Math.Min(share, Key.SeenMinor) : Key.SeenMinor, Key.Currency);

    private (long Minor, string? Problem) Read(string text) =>
        MoneyText.TryParse(text, Key.Currency, out long minor, out string? problem) ? (minor, null) : (0, problem);

    private void Take(long upToMinor)
    {
        _upTo = MoneyText.FormatPlain(upToMinor, Key.Currency);
        _billed = "";
    }

    private IEnumerable<string> Meaning(HoldVerdict verdict)
    {
        yield return $"{Money(verdict.FlowsMinor(Key.Amounts))} flows on and is billed.";
        if (verdict.BaselineMinor > Key.BaselineMinor)
        {
            yield return $"{Money(verdict.BaselineMinor - Key.BaselineMinor)} counts as billed already and is never billed here.";
        }

        if (verdict.BilledBeforeMinor > 0)
        {
            yield return $"{Money(verdict.BilledBeforeMinor)} is booked as billed before the restore and is never billed again.";
        }

        if (verdict.RefusedMinor > Key.RefusedMinor)
        {
            yield return $"{Money(verdict.RefusedMinor - Key.RefusedMinor)} is refused: later totals count that much less, until Lago has fallen by as much.";
        }

        if (Key.Amounts.IsLeftToClose)
        {
            yield return "What Lago shows beyond that is left to the period's close.";
        }

        yield return verdict.NewMarkMinor > Key.MarkMinor
            ? $"The mark rises from {Money(Key.MarkMinor)} to {Money(verdict.NewMarkMinor)}, and the key goes on from there."
            : $"The mark stays at {Money(Key.MarkMinor)}, and the key goes on from there.";
        if (verdict.NewMarkMinor > Key.SeenMinor && Key.Reason == HoldReason.Restored)
        {
            yield return $"That is {Money(verdict.NewMarkMinor - Key.SeenMinor)} more than Lago shows for it now: usage up to there is billed already and brings nothing.";
        }
    }

    private string Money(decimal minor) => MoneyText.Format(minor, Key.Currency);

    private void Decide()
    {
        _noteProblem = string.IsNullOrWhiteSpace(_note) ? "Say how you know: whoever checks the books later has nothing else to go by." : null;
        if (_noteProblem is null && Verdict.Verdict is not null)
        {
            Dialog.Close(new HoldDecision(Key.MarkId, Key.Stamp, Billed.Minor, UpTo.Minor, _note.Trim()));
        }
    }
}
