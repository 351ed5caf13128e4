using System.Data.Common;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace LagoConsole.Bench;

/// <summary>
/// Counts the rows that are inserted, updated and deleted through EF Core while it lives. Snapshots, increments and marks are written
/// past it (<c>SqliteRows</c>); where one of the marks is, one of the others is too.
/// </summary>
internal sealed class WrittenRows : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly List<IDisposable> _subscriptions = [];
    private long _count;

    public WrittenRows() => _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

    public long Count => Interlocked.Read(ref _count);

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == Microsoft.EntityFrameworkCore.DbLoggerCategory.Name)
        {
            _subscriptions.Add(value.Subscribe(this));
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key != RelationalEventId.CommandExecuted.Name || value.Value is not CommandExecutedEventData executed || IsRead(executed.Command.CommandText))
        {
            return;
        }

        Interlocked.Add(ref _count, executed.Result switch
        {
            int rows => rows,
            DbDataReader => Statements(executed.Command.CommandText), // each returns its one row
            _ => 0,
        });
    }

    public void OnError(Exception error)
    {
    }

    public void OnCompleted()
    {
    }

    public void Dispose() => _subscriptions.ForEach(subscription => subscription.Dispose());

    private static bool IsRead(string sql) => sql.StartsWith("SELECT", StringComparison.Ordinal);

    private static int Statements(string sql) => sql.Split('\n').Count(line => line.StartsWith("INSERT", StringComparison.Ordinal) || line.StartsWith("UPDATE", StringComparison.Ordinal) || line.StartsWith("DELETE", StringComparison.Ordinal));
}
