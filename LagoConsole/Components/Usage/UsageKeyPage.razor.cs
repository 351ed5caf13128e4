using LagoConsole.Core.HighWater;
using LagoConsole.Core.Money;
using LagoConsole.Core.Polling;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.Usage;

/// <summary>One key: each total that Lago showed, the mark as it then stood, and where each increment's money is.</summary>
public sealed partial class UsageKeyPage : IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private static readonly int[] PeriodChoices = [1, 2, 3, 6, 12];

    private MudTable<UsageMoment>? _table;
    private UsageKeyRow? _key;
    private UsageCurve? _curve;
    private DateTimeOffset _drawnAt;
    private int _periods = 2;
    private bool _missing;
    private bool _failed;

    /// <summary>The mark.</summary>
    [Parameter]
    public Guid Id { get; set; }

    [Inject]
    private UsageQueries Queries { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    [Inject]
    private ILogger<UsageKeyPage> Log { get; set; } = null!;

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override Task OnParametersSetAsync() => DrawAsync();

    internal static string SourceText(SnapshotSource source) => source switch
    {
        SnapshotSource.Poll => "poll",
        SnapshotSource.Close => "final total",
        SnapshotSource.Link => "link",
        SnapshotSource.Decision => "decision",
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, "Not a source."),
    };

    private async Task DrawAsync()
    {
        try
        {
            _curve = await Queries.FindCurveAsync(Id, _periods, _leaving.Token);
            _drawnAt = Clock.GetUtcNow();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.LogError(failure, "The curve of {Mark} could not be read.", Id);
            _failed = true;
        }
    }

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

    private async Task ReloadAsync()
    {
        await DrawAsync();
        await (_table?.ReloadServerData() ?? Task.CompletedTask);
    }

    private string Money(decimal minor) => MoneyText.Format(minor, _key!.Currency);
}
