using LagoConsole.Core.History;
using LagoConsole.Core.Overview;
using Microsoft.AspNetCore.Components;

namespace LagoConsole.Components.Overview;

/// <summary>Is money flowing, is anything stuck, what is to be done about it; refreshes itself while somebody looks.</summary>
public sealed partial class OverviewPage(OverviewQueries queries, JobHistory jobs, TimeProvider clock, ILogger<OverviewPage> log) : ComponentBase, IAsyncDisposable
{
    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _leaving = new();
    private Task _refreshing = Task.CompletedTask;
    private OverviewBoard? _board;
    private bool _failed;

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await _refreshing;
        _leaving.Dispose();
    }

    protected override Task OnInitializedAsync() => LoadAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _refreshing = RefreshAsync(); // not while prerendering: nobody would stop it
        }
    }

    private async Task LoadAsync()
    {
        try
        {
            _board = await queries.LoadAsync(await jobs.ListJobsAsync(_leaving.Token), _leaving.Token);
            _failed = false;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            log.LogError(failure, "The overview could not be read.");
            _failed = true;
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // left
        }
    }

    private async Task RefreshAsync()
    {
        using PeriodicTimer timer = new(_interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_leaving.Token))
            {
                await InvokeAsync(async () =>
                {
                    await LoadAsync();
                    StateHasChanged();
                });
            }
        }
        catch (OperationCanceledException)
        {
            // left
        }
    }
}
