using LagoConsole.Core.Books;
using LagoConsole.Core.Held;
using LagoConsole.Core.Security;
using LagoConsole.SignIn;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.Books;

/// <summary>Whether the books balance, where all money is, and what to do after a restore.</summary>
public sealed partial class BooksPage(
    BooksQueries queries, BooksChecks checks, RestoredBooks restored, CurrentActor person, IDialogService dialogs, ISnackbar snackbar, ILogger<BooksPage> logger)
    : ComponentBase, IDisposable
{
    private const int ChecksShown = 20;

    private readonly CancellationTokenSource _leaving = new();
    private Actor _actor = new("", Role.None);
    private BooksOverview? _books;
    private BooksBalance? _balance;
    private BooksProgress? _progress;
    private bool _declaring;
    private bool _failed;
    private bool _sumsFailed;
    private int _additions; // only the last one begun is shown: it has seen the most

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _actor = await person.GetAsync();
        await LoadAsync();
    }

    /// <summary>Not while the page is made for its first answer: that would add everything up twice, and be the longer in coming.</summary>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await AddUpAsync();
            StateHasChanged();
        }
    }

    private async Task LoadAsync()
    {
        try
        {
            _books = await queries.LoadAsync(ChecksShown, _leaving.Token);
            _failed = false;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            logger.LogError(failure, "The books could not be read.");
            _failed = true;
        }
    }

    /// <summary>What is shown stays until the new sums are there. Those of an addition that was overtaken are not shown.</summary>
    private async Task AddUpAsync()
    {
        CancellationToken leaving = _leaving.Token;
        int mine = ++_additions;
        try
        {
            BooksBalance balance = await Task.Run(() => queries.AddUpAsync(leaving), leaving); // off this circuit's thread
            if (mine == _additions)
            {
                (_balance, _sumsFailed) = (balance, false);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            logger.LogError(failure, "The sums of the books could not be read.");
            if (mine == _additions)
            {
                (_balance, _sumsFailed) = (null, true);
            }
        }
    }

    private async Task ReloadAsync()
    {
        await LoadAsync();
        await AddUpAsync();
    }

    private async Task CheckNowAsync()
    {
        _progress = new BooksProgress(0, "counting what there is");
        Progress<BooksProgress> progress = new(step =>
        {
            _progress = _progress is null ? null : step;
            StateHasChanged();
        });
        try
        {
            // Off this circuit's thread, which would draw no progress before the end.
            BooksReport report = await Task.Run(() => checks.CheckNowAsync(_actor, progress, _leaving.Token), _leaving.Token);
            snackbar.Add(report.Balanced ? "The books balance." : "The books do not balance: see what fails.", report.Balanced ? Severity.Success : Severity.Error);
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or ForbiddenException))
        {
            logger.LogError(failure, "The books could not be checked.");
            snackbar.Add("The check broke off; the cause is in the server's log. Nothing was changed, and whether the books balance is as unknown as before.", Severity.Error);
        }
        finally
        {
            _progress = null;
        }

        await ReloadAsync();
    }

    private async Task DeclareRestoredAsync()
    {
        IDialogReference dialog = await dialogs.ShowAsync<DeclareRestoredDialog>(
            "Declare the books restored", new DialogParameters<DeclareRestoredDialog>(), new DialogOptions { MaxWidth = MaxWidth.Medium, FullWidth = true });
        if (await dialog.Result is not { Canceled: false, Data: string note })
        {
            return;
        }

        _declaring = true;
        try
        {
            RestoreDeclared declared = await restored.DeclareAsync(_actor, note, _leaving.Token);
            snackbar.Add(
                $"Held: {BooksText.Count(declared.Keys, "key")}, and the open money of {BooksText.Count(declared.Increments, "increment")}. "
                + $"Sent again: {BooksText.Count(declared.Records, "record")}. "
                + "Nothing that could have been billed since the backup flows before you say what was.",
                Severity.Success);
        }
        finally
        {
            _declaring = false;
        }

        await ReloadAsync();
    }
}
