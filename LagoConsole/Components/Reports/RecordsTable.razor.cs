using System.Globalization;
using LagoConsole.Core.Reporting;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.Reports;

/// <summary>All records, filtered and paged on the server, with what they come to.</summary>
public sealed partial class RecordsTable
{
    private MudTable<RecordRow> _table = null!;
    private IReadOnlyList<RecordTotals> _totals = [];
    private string? _search;
    private UsageRecordState? _state;
    private string? _from;
    private string? _until;
    private bool _needsPerson;
    private bool _failed;

    /// <summary>Part of a buyer's, product's or dimension's name, for links from other pages.</summary>
    [SupplyParameterFromQuery(Name = "search")]
    public string? WantedSearch { get; set; }

    /// <summary>Name of a <see cref="UsageRecordState"/>, for links from other pages.</summary>
    [SupplyParameterFromQuery(Name = "state")]
    public string? WantedState { get; set; }

    [Inject]
    private RecordQueries Queries { get; set; } = null!;

    [Inject]
    private ILogger<RecordsTable> Log { get; set; } = null!;

    private RecordFilter Filter => new(_search, _state, _needsPerson, Days.Start(_from), Days.End(_until));

    private bool Filtered => Filter != new RecordFilter();

    protected override void OnInitialized()
    {
        _search = string.IsNullOrWhiteSpace(WantedSearch) ? null : WantedSearch;
        _state = Enum.TryParse(WantedState, ignoreCase: true, out UsageRecordState state) && Enum.IsDefined(state) ? state : null;
    }

    private async Task<TableData<RecordRow>> LoadAsync(TableState state, CancellationToken cancellationToken)
    {
        try
        {
            RecordList list = await Queries.ListAsync(Filter, state.Page * state.PageSize, state.PageSize, cancellationToken);
            _totals = list.Totals;
            _failed = false;
            return new TableData<RecordRow> { Items = list.Rows, TotalItems = list.Total };
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.LogError(failure, "The records could not be read.");
            _totals = [];
            _failed = true;
            return new TableData<RecordRow> { Items = [], TotalItems = 0 };
        }
        finally
        {
            StateHasChanged(); // totals and alert stand outside the table
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
