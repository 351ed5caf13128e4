using System.Globalization;
using LagoConsole.Core.Reporting;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.Reports;

/// <summary>
/// All records, filtered and paged on the server, with what they come to. Of very many the sum takes longer than their first page:
/// then the page is shown, and the sum and the number follow.
/// </summary>
public sealed partial class RecordsTable : IDisposable
{
    /// <summary>Rows and a sum that comes so soon after them are shown at once: nothing jumps.</summary>
    private static readonly TimeSpan _together = TimeSpan.FromMilliseconds(150);

    private readonly CancellationTokenSource _leaving = new();
    private MudTable<RecordRow> _table = null!;
    private RecordSums? _sums; // null until they are added up
    private RecordFilter? _summed;
    private int _additions; // only the last one begun is shown
    private string? _search;
    private UsageRecordState? _state;
    private string? _from;
    private string? _until;
    private bool _needsPerson;
    private bool _failed;
    private bool _sumsFailed;

    /// <summary>Part of a buyer's, product's or dimension's name, for links from other pages.</summary>
    [SupplyParameterFromQuery(Name = "search")]
    public string? WantedSearch { get; set; }

    /// <summary>Name of a <see cref="UsageRecordState"/>, for links from other pages.</summary>
    [SupplyParameterFromQuery(Name = "state")]
    public string? WantedState { get; set; }

    [Inject]
    private RecordQueries Queries { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    [Inject]
    private ILogger<RecordsTable> Log { get; set; } = null!;

    private RecordFilter Filter => new(_search, _state, _needsPerson, Days.Start(_from), Days.End(_until));

    private bool Filtered => Filter != new RecordFilter();

    protected override void OnInitialized()
    {
        _search = string.IsNullOrWhiteSpace(WantedSearch) ? null : WantedSearch;
        _state = Enum.TryParse(WantedState, ignoreCase: true, out UsageRecordState state) && Enum.IsDefined(state) ? state : null;
    }

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    private async Task<TableData<RecordRow>> LoadAsync(TableState state, CancellationToken cancellationToken)
    {
        RecordFilter filter = Filter;
        if (_summed != filter)
        {
            _sums = null; // another question; a page of the same one keeps its answer until the new one is there
        }

        int skip = state.Page * state.PageSize;
        int mine = ++_additions;
        CancellationToken leaving = _leaving.Token;
        Task<RecordSums> adding = Task.Run(() => Queries.AddUpAsync(filter, leaving), leaving); // off this circuit's thread
        TableData<RecordRow> shown = new() { Items = [], TotalItems = 0 };
        try
        {
            IReadOnlyList<RecordRow> rows = await Queries.ListAsync(filter, skip, state.PageSize, cancellationToken);
            shown.Items = rows;
            shown.TotalItems = _sums?.Count ?? AtLeast(skip, rows.Count, state.PageSize);
            _failed = false;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.LogError(failure, "The records could not be read.");
            _failed = true;
        }

        await Task.WhenAny(adding, Task.Delay(_together, Clock, cancellationToken));
        Task showing = ShowAsync(adding, mine, filter, shown);
        if (adding.IsCompleted)
        {
            await showing;
        }

        StateHasChanged(); // sums and alert stand outside the table
        return shown;
    }

    /// <summary>While they are not counted: there is a next page if this one is full.</summary>
    private static int AtLeast(int skip, int rows, int pageSize) => skip + rows + (rows == pageSize ? 1 : 0);

    /// <param name="mine">Which addition this is.</param>
    /// <param name="shown">The page that the table shows, and asks for the number of all rows whenever it is drawn.</param>
    private async Task ShowAsync(Task<RecordSums> adding, int mine, RecordFilter filter, TableData<RecordRow> shown)
    {
        try
        {
            RecordSums sums = await adding;
            if (mine == _additions)
            {
                (_sums, _summed, _sumsFailed) = (sums, filter, false);
                shown.TotalItems = _failed ? 0 : sums.Count;
                StateHasChanged();
            }
        }
        catch (OperationCanceledException)
        {
            // nobody looks any more
        }
        catch (Exception failure)
        {
            Log.LogError(failure, "The sums of the records could not be read.");
            if (mine == _additions)
            {
                (_sums, _summed, _sumsFailed) = (null, null, true);
                StateHasChanged();
            }
        }
    }

    private Task ReloadAsync() => _table.ReloadServerData();

    private Task SearchAsync(string? text)
    {
        _search = string.IsNullOrWhiteSpace(text) ? null : text;
        return FirstPageAsync();
    }

    private Task ChooseAsync(UsageRecordState? state)
    {
        _state = state;
        return FirstPageAsync();
    }

    private Task FromAsync(string? day)
    {
        _from = day;
        return FirstPageAsync();
    }

    private Task UntilAsync(string? day)
    {
        _until = day;
        return FirstPageAsync();
    }

    private Task NeedsPersonAsync(bool needed)
    {
        _needsPerson = needed;
        return FirstPageAsync();
    }

    private Task FirstPageAsync()
    {
        _table.NavigateTo(Page.First);
        return _table.ReloadServerData();
    }
}

/// <summary>What a date field says, as UTC instants.</summary>
internal static class Days
{
    /// <summary>Null for nothing or half a date.</summary>
    public static DateTimeOffset? Start(string? day) =>
        DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)
            ? new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero)
            : null;

    /// <summary>The first instant after the day.</summary>
    public static DateTimeOffset? End(string? day) => Start(day)?.AddDays(1);
}
