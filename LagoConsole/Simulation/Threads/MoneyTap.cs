using System.Diagnostics;
using LagoConsole.Core.Persistence;

namespace LagoConsole.Simulation.Threads;

/// <summary>Hears from the engine's own diagnostics which step of money a flow is about to commit.</summary>
internal sealed class MoneyTap : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private const string Before = "before:";

    private static readonly Lazy<IDisposable> Listening = new(() => DiagnosticListener.AllListeners.Subscribe(new MoneyTap()));

    /// <summary>Listens from now on, for all worlds of this process.</summary>
    public static void Open() => _ = Listening.Value;

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value)
    {
        if (value.Name == MoneySteps.SourceName)
        {
            value.Subscribe(this);
        }
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        if (Flow.Current is { } flow && value.Key.StartsWith(Before, StringComparison.Ordinal))
        {
            flow.Step = value.Key[Before.Length..];
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
