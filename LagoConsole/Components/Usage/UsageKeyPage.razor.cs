using LagoConsole.Core.HighWater;
using LagoConsole.Core.Money;
using LagoConsole.Core.Polling;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.Usage;

/// <summary>One key: each total that Lago showed, the mark as it then stood, and where each increment's money is.</summary>
public sealed partial class UsageKeyPage
{
    private MudTable<UsageMoment>? _table;
    private UsageKeyRow? _key;
    private bool _missing;
    private bool _failed;

    /// <summary>The mark.</summary>
    [Parameter]
    public Guid Id { get; set; }

    [Inject]
    private UsageQueries Queries { get; set; } = null!;

    [Inject]
    private ILogger<UsageKeyPage> Log { get; set; } = null!;

    private static string SourceText(SnapshotSource source) => source switch
    {
        SnapshotSource.Poll => "poll",
        SnapshotSource.Close => "final total",
        SnapshotSource.Link => "link",
        SnapshotSource.Decision => "decision",
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, "Not a source."),
    };

    private async Task<TableData<UsageMoment>> LoadAsync(TableState state, CancellationToken cancellationToken)
    {
        try
        {
            UsageHistory? history = await Queries.FindAsync(Id, state.Page * state.PageSize, state.PageSize, cancellationToken);
            _key = history?.Key;
            _missing = history is null;
            _failed = false;
            return new TableData<UsageMoment> { Items = history?.Moments ?? [], TotalItems = history?.Total ?? 0 };
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.LogError(failure, "The history of {Mark} could not be read.", Id);
            _failed = true;
            return new TableData<UsageMoment> { Items = [], TotalItems = 0 };
        }
        finally
        {
            StateHasChanged();
        }
    }

    private Task ReloadAsync() => _table is null ? Task.CompletedTask : _table.ReloadServerData();

    private string Money(decimal minor) => MoneyText.Format(minor, _key!.Currency);
}
