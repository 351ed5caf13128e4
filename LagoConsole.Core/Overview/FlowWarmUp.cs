using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LagoConsole.Core.Overview;

/// <summary>
/// Adds up the past once the process has started: the hours and days that are over, which <see cref="FlowLedger"/> keeps. Of very
/// many records that takes seconds, and the first person to look at the overview should not be the one who waits.
/// </summary>
internal sealed class FlowWarmUp(OverviewQueries overview, IHostApplicationLifetime lifetime, ILogger<FlowWarmUp> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration onStart = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        try
        {
            await overview.LoadAsync([], stoppingToken);
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested) // else it would stop the console with it
        {
            logger.LogWarning(failure, "What was counted and billed could not be added up beforehand. Nothing is lost by it: the first look at the overview does it.");
        }
    }
}
