using LagoConsole.Core.HighWater;
using LagoConsole.Core.Money;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.Usage;

/// <summary>Every key with its total, its mark and its money that is not on a record yet.</summary>
public sealed partial class UsagePage
{
    private MudTable<UsageKeyRow> _table = null!;
    private string? _search;
    private UsageView _view = UsageView.All;
    private IReadOnlyList<CurrencyAmount> _aboveFinal = [];
    private bool _failed;

    /// <summary>Name of a <see cref="UsageView"/>, for links from other pages.</summary>
    [SupplyParameterFromQuery(Name = "view")]
    public string? View { get; set; }

    /// <summary>Part of a buyer's name, a subscription's id or a metric's code, for links from other pages.</summary>
    [SupplyParameterFromQuery(Name = "search")]
    public string? WantedSearch { get; set; }

    [Inject]
    private UsageQueries Queries { get; set; } = null!;

    [Inject]
    private ILogger<UsagePage> Log { get; set; } = null!;

    private UsageFilter Filter => new(_search, _view);

    private bool Filtered => Filter != new UsageFilter();

    protected override void OnInitialized()
    {
        _search = string.IsNullOrWhiteSpace(WantedSearch) ? null : WantedSearch;
        _view = Enum.TryParse(View, ignoreCase: true, out UsageView view) && Enum.IsDefined(view) ? view : UsageView.All;
    }

    private async Task<TableData<UsageKeyRow>> LoadAsync(TableState state, CancellationToken cancellationToken)
    {
        try
        {
            UsageKeyList list = await Queries.ListAsync(Filter, state.Page * state.PageSize, state.PageSize, cancellationToken);
            _aboveFinal = await Queries.SumAboveFinalAsync(cancellationToken);
            _failed = false;
            return new TableData<UsageKeyRow> { Items = list.Rows, TotalItems = list.Total };
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.LogError(failure, "The usage could not be read.");
            _failed = true;
            return new TableData<UsageKeyRow> { Items = [], TotalItems = 0 };
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

    private Task ChooseAsync(UsageView view)
    {
        _view = view;
        return FirstPageAsync();
    }

    private Task FirstPageAsync()
    {
        _table.NavigateTo(Page.First);
        return _table.ReloadServerData();
    }
}
