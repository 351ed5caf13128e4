using System.Data.Common;
using LagoConsole.Core.Persistence;
using LagoConsole.Simulation.Threads;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace LagoConsole.Simulation.Engines;

/// <summary>
/// Where one life of an engine meets its database: each command and each commit is a step at which others may go on or
/// the life may end, and each write waits for its turn.
/// </summary>
internal sealed class DatabaseSeam(Loom loom, Life life, WriteTurn turn, Action<Flow, string?> committed) : IDbCommandInterceptor, IDbTransactionInterceptor, IDbConnectionInterceptor
{
    /// <summary>A crash of this world is of a process, not of a disk; whoever finds the database locked has not waited for its turn.</summary>
    private const string Pragmas = "PRAGMA busy_timeout=0; PRAGMA synchronous=OFF;";

    private readonly HashSet<nint> _told = [];

    public void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Tell(connection);

    public Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Tell(connection);
        return Task.CompletedTask;
    }

    public void ConnectionClosed(DbConnection connection, ConnectionEndEventData eventData) => Forget(connection, eventData);

    public Task ConnectionClosedAsync(DbConnection connection, ConnectionEndEventData eventData)
    {
        Forget(connection, eventData);
        return Task.CompletedTask;
    }

    public async ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default)
    {
        await loom.StepAsync(life);
        await turn.TakeAsync(eventData.Context!, life);
        return result;
    }

    public async ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        await loom.StepAsync(life);
        return result;
    }

    public async Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        turn.GiveUp(eventData.Context!);
        if (Flow.Current is { } flow)
        {
            string? step = flow.Step;
            flow.Step = null;
            committed(flow, step);
        }

        await loom.StepAsync(life);
    }

    public async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        await loom.StepAsync(life);
        await TakeForOneAsync(command, eventData);
        return result;
    }

    public async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        await loom.StepAsync(life);
        await TakeForOneAsync(command, eventData);
        return result;
    }

    public async ValueTask<InterceptionResult<object>> ScalarExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default)
    {
        await loom.StepAsync(life);
        return result;
    }

    public ValueTask<DbDataReader> ReaderExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        GiveUpOne(command, eventData);
        return ValueTask.FromResult(result);
    }

    public ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        GiveUpOne(command, eventData);
        return ValueTask.FromResult(result);
    }

    /// <summary>A write outside of a transaction is one by itself; it runs to its end as soon as it has its turn.</summary>
    private Task TakeForOneAsync(DbCommand command, CommandEventData eventData) =>
        IsWriteByItself(command, eventData) ? turn.TakeAsync(eventData.Context!, life) : Task.CompletedTask;

    private void GiveUpOne(DbCommand command, CommandEventData eventData)
    {
        if (IsWriteByItself(command, eventData))
        {
            turn.GiveUp(eventData.Context!);
        }
    }

    private static bool IsWriteByItself(DbCommand command, CommandEventData eventData) =>
        command.Transaction is null
        && eventData.CommandSource is CommandSource.SaveChanges or CommandSource.ExecuteUpdate or CommandSource.ExecuteDelete;

    private void Tell(DbConnection connection)
    {
        life.Connections.Add(connection);
        SqliteConnection sqlite = (SqliteConnection)connection;
        if (_told.Add(sqlite.Handle!.DangerousGetHandle()))
        {
            using SqliteCommand command = sqlite.CreateCommand();
            command.CommandText = Pragmas;
            command.ExecuteNonQuery();
        }
    }

    private void Forget(DbConnection connection, ConnectionEndEventData eventData)
    {
        life.Connections.Remove(connection);
        turn.GiveUp(eventData.Context!);
    }
}
