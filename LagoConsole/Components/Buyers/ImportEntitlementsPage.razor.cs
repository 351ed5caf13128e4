using LagoConsole.Core.Books;
using LagoConsole.Core.Buyers.Import;
using LagoConsole.Core.Security;
using LagoConsole.SignIn;
using Microsoft.AspNetCore.Components;

namespace LagoConsole.Components.Buyers;

/// <summary>Purchases from a file: a preview of each line, then the import of what it showed.</summary>
public sealed partial class ImportEntitlementsPage(EntitlementImport import, CurrentActor person, ILogger<ImportEntitlementsPage> logger)
    : ComponentBase, IDisposable
{
    private static readonly string _template = "data:text/csv;charset=utf-8," + Uri.EscapeDataString(ImportColumn.Template);

    private readonly CancellationTokenSource _leaving = new();
    private bool? _canImport;
    private bool _reading;
    private string? _problem;
    private ImportPreview? _preview;
    private IReadOnlyList<PlannedLine> _shown = [];
    private bool _onlyErrors;
    private bool _leaveOutErrors;

    /// <summary>Lines that are done; null while none is imported.</summary>
    private int? _done;

    private ImportResult? _result;

    private bool Busy => _reading || _done is not null;

    private bool HasWork => _preview is { NewPurchases: > 0 } or { Changed: > 0 };

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override async Task OnInitializedAsync() => _canImport = (await person.GetAsync()).Can(Role.Operator);

    private static string Count(int count, string noun) => BooksText.Count(count, noun);

    private static int Percent(ImportPreview preview, int done) => (int)(100L * done / preview.Lines.Count);

    private async Task ReadAsync(CsvUpload upload)
    {
        (_preview, _result, _problem) = (null, null, null);
        _reading = true;
        try
        {
            (byte[]? bytes, _problem) = await upload.ReadAsync(_leaving.Token);
            if (bytes is not null)
            {
                Actor actor = await person.GetAsync();
                Show(await Task.Run(() => import.PreviewAsync(actor, upload.Name, bytes, _leaving.Token), _leaving.Token));
            }
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or ForbiddenException))
        {
            logger.LogError(failure, "A file of entitlements could not be held against what is stored.");
            _problem = "The file could not be held against what is stored; the cause is in the server's log. Nothing was stored.";
        }
        finally
        {
            _reading = false;
        }
    }

    private void Show(ImportPreviewOutcome outcome)
    {
        if (outcome is ImportPreviewOutcome.Ready ready)
        {
            _preview = ready.Preview;
            _leaveOutErrors = false;
            Filter(onlyErrors: false);
            return;
        }

        _problem = ((ImportPreviewOutcome.Unreadable)outcome).Sentence;
    }

    /// <summary>Lines with errors come first.</summary>
    private void Filter(bool onlyErrors)
    {
        _onlyErrors = onlyErrors;
        _shown = [.. _preview!.Lines.Where(line => !onlyErrors || line.Step is ImportStep.Refused).OrderByDescending(line => line.Step is ImportStep.Refused)];
    }

    private async Task ImportAsync()
    {
        ImportPreview preview = _preview!;
        _problem = null;
        _done = 0;
        Progress<int> progress = new(done =>
        {
            if (_done is { } before && (done == preview.Lines.Count || Percent(preview, done) > Percent(preview, before))) // not a picture for each of 50,000 lines
            {
                _done = done;
                StateHasChanged();
            }
        });
        try
        {
            // Off this circuit's thread, which would draw no progress before the end.
            Actor actor = await person.GetAsync();
            _result = await Task.Run(() => import.ImportAsync(actor, preview, _leaveOutErrors, progress, _leaving.Token), _leaving.Token);
            _preview = null;
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or ForbiddenException))
        {
            logger.LogError(failure, "An import of entitlements broke off.");
            _preview = null;
            _problem = "The import broke off; the cause is in the server's log. What was stored until then stays: choose the file again, and the preview shows what is left.";
        }
        finally
        {
            _done = null;
        }
    }
}
