using LagoConsole.Core.Reporting;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.Reports;

/// <summary>What each window released per entitlement, and whether it is reported.</summary>
public sealed partial class GroupsTable
{
    private MudTable<GroupRow> _table = null!;
    private string? _search;
    private UsageRecordGroupStatus? _status;
    private string? _from;
    private string? _until;
    private bool _failed;

    [Inject]
    private RecordQueries Queries { get; set; } = null!;

    [Inject]
    private ILogger<GroupsTable> Log { get; set; } = null!;

    private GroupFilter Filter => new(_search, _status, Days.Start(_from), Days.End(_until));

    private bool Filtered => Filter != new GroupFilter();

    private async Task<TableData<GroupRow>> LoadAsync(TableState state, CancellationToken cancellationToken)
    {
        try
        {
            GroupList list = await Queries.ListGroupsAsync(Filter, state.Page * state.PageSize, state.PageSize, cancellationToken);
            _failed = false;
            return new TableData<GroupRow> { Items = list.Rows, TotalItems = list.Total };
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.LogError(failure, "The groups could not be read.");
            _failed = true;
            return new TableData<GroupRow> { Items = [], TotalItems = 0 };
        }
        finally
        {
            StateHasChanged();
        }
    }

    private Task ReloadAsync() => _table.ReloadServerData();

    private Task SearchAsync(string? text)
    {
        _search = string.IsNullOrWhiteSpace(text) ? null : text;
        return FirstPageAsync();
    }

    private Task ChooseAsync(UsageRecordGroupStatus? status)
    {
        _status = status;
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

    private Task FirstPageAsync()
    {
        _table.NavigateTo(Page.First);
        return _table.ReloadServerData();
    }
}
