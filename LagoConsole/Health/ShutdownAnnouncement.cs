using LagoConsole.Core.Time;
using Microsoft.Extensions.Options;

namespace LagoConsole.Health;

/// <summary>Keeps the node answering for a while after it was told to stop: <see cref="ShutdownHealth"/> already says no.</summary>
internal sealed class ShutdownAnnouncement(IOptions<ShutdownOptions> options) : IHostedLifecycleService
{
    /// <summary>Before the web server and the scheduler are stopped.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) =>
        Task.Delay(options.Value.Announce, NetworkClock.Real.Time, cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
