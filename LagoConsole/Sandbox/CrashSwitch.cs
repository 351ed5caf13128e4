using System.Diagnostics;
using LagoConsole.Core.Persistence;

namespace LagoConsole.Sandbox;

/// <summary>
/// Stops this process dead (as <c>kill -9</c> does) at a named step of money: <c>Sandbox:CrashAt=after:attempt</c>, or
/// <c>after:attempt#3</c> for the third time it is reached. For crash tests of the real process; Development only.
/// </summary>
internal sealed class CrashSwitch(IConfiguration configuration) : IHostedService, IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private readonly string? _step = configuration["Sandbox:CrashAt"]?.Split('#')[0];
    private IDisposable? _listeners;
    private IDisposable? _events;
    private int _left = configuration["Sandbox:CrashAt"]?.Split('#') is [_, var times] ? int.Parse(times, System.Globalization.CultureInfo.InvariantCulture) : 1;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listeners = _step is null ? null : DiagnosticListener.AllListeners.Subscribe(this);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _events?.Dispose();
        _listeners?.Dispose();
        return Task.CompletedTask;
    }

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value)
    {
        if (value.Name == MoneySteps.SourceName)
        {
            _events = value.Subscribe(this);
        }
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key == _step && Interlocked.Decrement(ref _left) == 0)
        {
            using Process self = Process.GetCurrentProcess();
            self.Kill();
            self.WaitForExit(); // nothing after this line may run
        }
    }

    void IObserver<DiagnosticListener>.OnCompleted()
    {
    }

    void IObserver<DiagnosticListener>.OnError(Exception error)
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
    }
}
