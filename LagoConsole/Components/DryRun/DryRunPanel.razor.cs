using System.Data.Common;
using System.Globalization;
using LagoConsole.Core.DryRun;
using LagoConsole.Core.Security;
using Microsoft.AspNetCore.Components;

namespace LagoConsole.Components.DryRun;

/// <summary>Offers a dry run of things as they are, or with the change that the surrounding dialog is about to save.</summary>
public sealed partial class DryRunPanel : IDisposable
{
    private CancellationTokenSource _running = new();
    private DryRunProgress? _progress;
    private DryRunOutcome? _outcome;
    private ProposedChange? _tried;
    private string? _ended;
    private bool _began;

    /// <summary>The page's, for whom and for which buyers it knows.</summary>
    [Parameter, EditorRequired] public required RunDry Run { get; set; }

    /// <summary>As the form stands now; null for things as they are.</summary>
    [Parameter] public ProposedChange? Change { get; set; }

    /// <summary>What a dry run is good for here.</summary>
    [Parameter] public string Offer { get; set; } = "Shows the exact records that the next window would send, and what would wait. Nothing is stored.";

    /// <summary>Run when shown: the person came for it, or Lago is read already.</summary>
    [Parameter] public bool AtOnce { get; set; }

    /// <summary>Once run, run again when the change is another. Not for what is typed letter by letter over many buyers.</summary>
    [Parameter] public bool Follows { get; set; }

    public void Dispose()
    {
        _running.Cancel();
        _running.Dispose();
    }

    protected override Task OnParametersSetAsync()
    {
        bool isOther = (_outcome is not null || _progress is not null) && Change != _tried;
        if ((AtOnce && !_began) || (Follows && isOther))
        {
            return RunAsync();
        }

        if (isOther)
        {
            End("This changed since the last dry run.");
        }

        return Task.CompletedTask;
    }

    private static string Count(int number) => number.ToString("#,##0", CultureInfo.InvariantCulture);

    private Task RunAsync() => RunAsync(lookAgain: false);

    private Task LookAgainAsync() => RunAsync(lookAgain: true);

    private async Task RunAsync(bool lookAgain)
    {
        End(sentence: null);
        _began = true;
        CancellationToken cancellationToken = _running.Token;
        _tried = Change;
        _progress = new DryRunProgress("Starting", 0, 0);
        try
        {
            DryRunOutcome outcome = await Run(_tried, lookAgain, progress => Show(progress, cancellationToken), cancellationToken);
            if (!cancellationToken.IsCancellationRequested)
            {
                _outcome = outcome;
                _progress = null;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped, left, or overtaken by a later run, which shows its own.
        }
        catch (Exception failure) when (failure is ForbiddenException or DbException)
        {
            _outcome = new DryRunOutcome.Failed(failure is ForbiddenException ? failure.Message : "The books could not be read. Nothing was changed, and the change can be saved without a dry run.");
            _progress = null;
        }
    }

    private void Stop() => End("Stopped.");

    /// <summary>Ends what runs, and forgets what was told.</summary>
    private void End(string? sentence)
    {
        _ended = sentence;
        _outcome = null;
        _progress = null;
        _running.Cancel();
        _running.Dispose();
        _running = new CancellationTokenSource();
    }

    private void Show(DryRunProgress progress, CancellationToken cancellationToken) => _ = InvokeAsync(() =>
    {
        if (!cancellationToken.IsCancellationRequested)
        {
            _progress = progress;
            StateHasChanged();
        }
    });
}
