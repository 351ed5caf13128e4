using System.Globalization;
using LagoConsole.Core.History;
using LagoConsole.Core.Scheduling;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;

namespace LagoConsole.Components.History;

/// <summary>Runs that have ended, newest first. A change of a filter or of the page is an address of its own: back leads to the one before.</summary>
public sealed partial class RunsTable : IDisposable
{
    private const int PageSize = 25;

    private readonly CancellationTokenSource _leaving = new();
    private readonly CancellationToken _left;
    private JobRunPage _runs = new([], 0);
    private (JobRunFilter Filter, int Page)? _read;
    private bool _failed;

    public RunsTable() => _left = _leaving.Token; // a read of the page's may still come after the end

    /// <summary>What can be filtered for.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<JobStatus> Jobs { get; set; }

    [Parameter]
    public bool CanSteer { get; set; }

    [Parameter]
    public EventCallback<JobRun> RunAgain { get; set; }

    /// <summary>An integration's id.</summary>
    [SupplyParameterFromQuery(Name = "integration")]
    public string? Integration { get; set; }

    /// <summary>A job as <c>group.name</c>, or a group alone.</summary>
    [SupplyParameterFromQuery(Name = "job")]
    public string? Job { get; set; }

    /// <summary>Name of a <see cref="RunResult"/>.</summary>
    [SupplyParameterFromQuery(Name = "result")]
    public string? Result { get; set; }

    /// <summary>A UTC day or instant.</summary>
    [SupplyParameterFromQuery(Name = "from")]
    public string? From { get; set; }

    /// <summary>A UTC day, which is shown to its end, or an instant, which is not shown itself.</summary>
    [SupplyParameterFromQuery(Name = "until")]
    public string? Until { get; set; }

    /// <summary>A number from 1; anything else is the first.</summary>
    [SupplyParameterFromQuery(Name = "page")]
    public string? Page { get; set; }

    [Inject]
    private JobHistory History { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IOptions<SchedulingOptions> Kept { get; set; } = null!;

    [Inject]
    private ILogger<RunsTable> Log { get; set; } = null!;

    private JobRunFilter Filter => JobRunFilter.Of(Integration, Job, Result, From, Until);

    private int Pages => PagesOf(_runs);

    /// <summary>The page that was read: an address may name one that is not there.</summary>
    private int Shown => _read?.Page ?? 1;

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    /// <summary>Looks again for what has ended meanwhile.</summary>
    public async Task ReloadAsync()
    {
        await LoadAsync();
        StateHasChanged();
    }

    protected override Task OnParametersSetAsync() =>
        _read is { } read && read.Filter == Filter && read.Page == Wanted(Pages) ? Task.CompletedTask : LoadAsync();

    /// <summary>The page that is asked for, or the last where there are fewer.</summary>
    private int Wanted(int pages) =>
        int.TryParse(Page, NumberStyles.None, CultureInfo.InvariantCulture, out int page) ? Math.Clamp(page, 1, Math.Max(1, pages)) : 1;

    private static int PagesOf(JobRunPage runs) => (runs.Total + PageSize - 1) / PageSize;

    private async Task LoadAsync()
    {
        JobRunFilter filter = Filter;
        try
        {
            int page = Wanted(int.MaxValue / PageSize);
            JobRunPage runs = await History.ListRunsAsync(filter, page - 1, PageSize, _left);
            if (page > PagesOf(runs) && page > 1)
            {
                page = Wanted(PagesOf(runs));
                runs = await History.ListRunsAsync(filter, page - 1, PageSize, _left);
            }

            if (filter == Filter && page == Wanted(PagesOf(runs))) // else the address has changed meanwhile, and its own answer is under way
            {
                (_runs, _read, _failed) = (runs, (filter, page), false);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.LogError(failure, "The history of the jobs could not be read.");
            _failed = true;
        }
    }

    private void GoTo(string? integration, string? job, string? result, string? from, string? until) => GoTo(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["integration"] = NullIfEmpty(integration),
        ["job"] = NullIfEmpty(job),
        ["result"] = NullIfEmpty(result),
        ["from"] = NullIfEmpty(from),
        ["until"] = NullIfEmpty(until),
        ["page"] = null,
    });

    private void TurnTo(int page) => GoTo(new Dictionary<string, object?>(StringComparer.Ordinal) { ["page"] = page == 1 ? null : page });

    private void GoTo(Dictionary<string, object?> changes)
    {
        string address = Navigation.GetUriWithQueryParameters(changes);
        if (address != Navigation.Uri)
        {
            Navigation.NavigateTo(address);
        }
    }

    private static string? Moment(DateTimeOffset? instant) => instant?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
