using System.Diagnostics;
using System.Globalization;
using LagoConsole.Components.Reports;
using LagoConsole.Core.Books;
using LagoConsole.Core.Money;
using LagoConsole.Core.Reconciliation;
using LagoConsole.Core.Security;
using LagoConsole.SignIn;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.Reconciliation;

/// <summary>What the marketplaces hold against what the records say, and what a person does where they differ.</summary>
public sealed partial class ReconciliationPage(
    ReconciliationQueries queries, ReconcileRun reconcile, CurrentActor person, ISnackbar snackbar, TimeProvider clock, ILogger<ReconciliationPage> logger)
    : ComponentBase, IDisposable
{
    /// <summary>Days shown at first: today and a week before it.</summary>
    private const int FirstDays = 7;

    private readonly CancellationTokenSource _leaving = new();
    private Actor _actor = new("", Role.None);
    private ReconciliationOverview? _overview;
    private string? _from;
    private string? _until;
    private string? _buyer;
    private string? _problem;
    private bool _reading;
    private bool _failed;

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        DateTimeOffset today = UtcDay.Of(clock.GetUtcNow());
        _until = UtcDay.Text(today);
        _from = UtcDay.Text(today.AddDays(-FirstDays));
        _actor = await person.GetAsync();
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        if (Days.Start(_from) is not { } from || Days.End(_until) is not { } until || from >= until || until - from > TimeSpan.FromDays(ReconciliationQueries.MostDays))
        {
            _problem = string.Create(CultureInfo.InvariantCulture, $"Choose 1 to {ReconciliationQueries.MostDays} days.");
            return;
        }

        _problem = null;
        try
        {
            _overview = await queries.LoadAsync(new ReconciliationFilter(from, until, _buyer), _leaving.Token);
            _failed = false;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            logger.LogError(failure, "What is compared with the marketplaces could not be read.");
            _failed = true;
        }
    }

    private async Task ReadNowAsync()
    {
        _reading = true;
        try
        {
            (string sentence, Severity severity) = await reconcile.ReadNowAsync(_actor, _leaving.Token) switch
            {
                ReconcileOutcome.NothingToRead => ("Nothing was reported to Azure in the days that are compared, so there is nothing to read.", Severity.Info),
                ReconcileOutcome.NotRead notRead => ($"Azure could not be read. Nothing was concluded and nothing changed. {notRead.Sentence}", Severity.Error),
                ReconcileOutcome.Done { Failures.Count: > 0 } done => (
                    $"Not everything could be compared; the rest was. {string.Join(' ', done.Failures)}", Severity.Error),
                ReconcileOutcome.Done { Settled.BilledAfterAll: > 0 } done => (
                    $"{BooksText.Count(done.Settled.BilledAfterAll, "record")} that counted as not billed proved to be billed. Where their money had gone onto another record it is billed twice: look under Records.", Severity.Error),
                ReconcileOutcome.Done done => (
                    $"{BooksText.Count(done.Totals, "day total")} of Azure compared. Of records without an answer, {done.Settled.Billed} are proven billed, {done.Settled.NotBilled} not billed, {done.Settled.Open} nothing yet.",
                    Severity.Success),
                _ => throw new UnreachableException(),
            };
            snackbar.Add(sentence, severity);
        }
        finally
        {
            _reading = false;
        }

        await LoadAsync();
    }

    private Task FromAsync(string? day)
    {
        _from = day;
        return LoadAsync();
    }

    private Task UntilAsync(string? day)
    {
        _until = day;
        return LoadAsync();
    }

    private Task BuyerAsync(string? buyer)
    {
        _buyer = string.IsNullOrWhiteSpace(buyer) ? null : buyer;
        return LoadAsync();
    }

    private static string Units(decimal quantity) => quantity.ToString("#,##0.##########", CultureInfo.InvariantCulture);

    private static string Money(decimal? minor, string? currency) => minor is { } known && currency is not null ? MoneyText.Format(known, currency) : "";

    private static string Open(DayBooks books) => books switch
    {
        { Unknown: 0, Unresolved: 0 } => "–",
        { Unresolved: 0 } => $"{Units(books.Unknown)} unknown",
        { Unknown: 0 } => $"{Units(books.Unresolved)} unresolved",
        _ => $"{Units(books.Unknown)} unknown, {Units(books.Unresolved)} unresolved",
    };

    private static string Difference(ReconciliationRow row) => row.Comparison.Verdict == DayVerdict.NotRead ? "" : Money(row.DifferenceMinor, row.Currency);

    private static string Tone(DayVerdict verdict) => verdict switch
    {
        DayVerdict.Equal => "state-good",
        DayVerdict.NotRead => "state-quiet",
        _ => "state-bad",
    };
}
