using System.Data.Common;
using LagoConsole.Core.Reporting.Limits;
using Microsoft.AspNetCore.Components;

namespace LagoConsole.Components.Reports;

/// <summary>Refreshes itself while somebody looks at the page that it is on.</summary>
public sealed partial class MarketplaceNotice(MarketplaceHealth health, TimeProvider clock, ILogger<MarketplaceNotice> logger) : ComponentBase, IAsyncDisposable
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _leaving = new();
    private Task _refreshing = Task.CompletedTask;
    private IReadOnlyList<MarketplaceTrouble> _troubles = [];

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
            // The page was left.
        }
    }

    private async Task LoadAsync()
    {
        try
        {
            _troubles = await health.ReadAsync(_leaving.Token);
        }
        catch (DbException failure)
        {
            logger.LogWarning(failure, "What waits for a marketplace could not be read."); // the page's own tables say so too
        }
    }
}
