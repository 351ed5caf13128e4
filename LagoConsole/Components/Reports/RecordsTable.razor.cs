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
    private TableData<RecordRow>? _shown; // the table asks it for the number of all rows whenever it is drawn
    private Addition? _adding; // the last one begun: only it is shown
    private RecordSums? _sums; // null until they are added up
    private RecordFilter? _summed;
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
            (_sums, _sumsFailed) = (null, false); // another question; a page of the same one keeps its answer until the new one is there
        }

        Addition adding = Begin(filter);
        int skip = state.Page * state.PageSize;
        TableData<RecordRow> shown = new() { Items = [], TotalItems = 0 };
        try
        {
            IReadOnlyList<RecordRow> rows = await Queries.ListAsync(filter, skip, state.PageSize + 1, cancellationToken); // one more: whether there is a next page
            shown.Items = rows.Take(state.PageSize);
            shown.TotalItems = skip + rows.Count; // at least
            _failed = false;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            Log.LogError(failure, "The records could not be read.");
            _failed = true;
        }

        cancellationToken.ThrowIfCancellationRequested(); // another page or filter is wanted by now
        _shown = shown;
        await Task.WhenAny(adding.Showing, Task.Delay(_together, Clock, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        Count();
        StateHasChanged(); // sums and alert stand outside the table
        return shown;
    }

    /// <summary>The addition for this filter. One that is under way for it goes on: a person who turns pages asks the same question.</summary>
    private Addition Begin(RecordFilter filter)
    {
        if (_adding is { Sums.IsCompleted: false } running)
        {
            if (running.Filter == filter)
            {
                return running;
            }

            running.Ending.Cancel();
        }

        CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(_leaving.Token);
        CancellationToken ended = ending.Token;
        _adding = new Addition(filter, Task.Run(() => Queries.AddUpAsync(filter, ended), ended), ending); // off this circuit's thread
        _adding.Showing = ShowAsync(_adding);
        return _adding;
    }

    private async Task ShowAsync(Addition adding)
    {
        CancellationToken ended = adding.Ending.Token;
        try
        {
            RecordSums sums = await adding.Sums;
            if (adding == _adding)
            {
                (_sums, _summed, _sumsFailed) = (sums, adding.Filter, false);
                Count();
                StateHasChanged();
            }
        }
        catch (Exception) when (ended.IsCancellationRequested)
        {
            // nobody looks any more
        }
        catch (Exception failure)
        {
            Log.LogError(failure, "The sums of the records could not be read.");
            if (adding == _adding)
            {
                (_sums, _summed, _sumsFailed) = (null, null, true);
                StateHasChanged();
            }
        }
        finally
        {
            adding.Ending.Dispose();
        }
    }

    /// <summary>Tells the table how many rows there are, once that is known of what it shows.</summary>
    private void Count()
    {
        if (_shown is { } shown && _sums is { } sums && _summed == Filter)
        {
            shown.TotalItems = _failed ? 0 : sums.Count;
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

    /// <param name="Ending">Ends it; is disposed once it has ended.</param>
    private sealed record Addition(RecordFilter Filter, Task<RecordSums> Sums, CancellationTokenSource Ending)
    {
        /// <summary>Until it is shown, or not wanted any more. Does not fail.</summary>
        public Task Showing { get; set; } = Task.CompletedTask;
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
