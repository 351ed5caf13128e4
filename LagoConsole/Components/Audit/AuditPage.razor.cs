using LagoConsole.Components.Reports;
using LagoConsole.Core.Audit;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.Audit;

/// <summary>The audit log: searched, filtered and paged on the server, newest first. The address names what is shown.</summary>
public sealed partial class AuditPage(AuditQueries queries, NavigationManager navigation, ILogger<AuditPage> log) : ComponentBase
{
    private MudTable<AuditEntry> _table = null!;
    private IReadOnlyList<string> _actions = [];
    private AuditFilter? _shown;
    private bool _failed;

    /// <summary>Part of who, what, the subject or the note.</summary>
    [SupplyParameterFromQuery(Name = "search")]
    public string? Search { get; set; }

    /// <summary>Exactly this action.</summary>
    [SupplyParameterFromQuery(Name = "action")]
    public string? Action { get; set; }

    /// <summary>First day, such as 2026-11-27.</summary>
    [SupplyParameterFromQuery(Name = "from")]
    public string? From { get; set; }

    /// <summary>Last day.</summary>
    [SupplyParameterFromQuery(Name = "until")]
    public string? Until { get; set; }

    private AuditFilter Filter => new(Search, string.IsNullOrEmpty(Action) ? null : Action, Days.Start(From), Days.End(Until));

    protected override async Task OnParametersSetAsync()
    {
        bool another = _shown is not null && _shown != Filter;
        _shown = Filter;
        if (another)
        {
            _table.NavigateTo(Page.First);
            await _table.ReloadServerData();
        }
    }

    private void GoTo(string filter, string? value) =>
        navigation.NavigateTo(navigation.GetUriWithQueryParameter(filter, string.IsNullOrWhiteSpace(value) ? null : value), replace: true);

    private async Task<TableData<AuditEntry>> LoadAsync(TableState state, CancellationToken cancellationToken)
    {
        try
        {
            AuditList list = await queries.ListAsync(Filter, state.Page * state.PageSize, state.PageSize, cancellationToken);
            _actions = await queries.ListActionsAsync(cancellationToken);
            _failed = false;
            return new TableData<AuditEntry> { Items = list.Rows, TotalItems = list.Total };
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            log.LogError(failure, "The audit log could not be read.");
            _failed = true;
            return new TableData<AuditEntry> { Items = [], TotalItems = 0 };
        }
        finally
        {
            StateHasChanged(); // filters and alert stand outside the table
        }
    }

    private Task ReloadAsync() => _table.ReloadServerData();
}
