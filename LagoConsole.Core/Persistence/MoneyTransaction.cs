using System.Data.Common;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace LagoConsole.Core.Persistence;

/// <summary>
/// Runs one step of money as one transaction on a fresh context. A conflict (another node changed a row first, inserted
/// the same key first, or holds what this one waits for) rolls everything back and the step is thought through again from
/// what is stored now: every step can be repeated, because it decides from rows and writes by condition. So can one that met
/// a fault of the network before its commit; a commit without an answer is never repeated.
/// </summary>
public static class MoneyTransaction
{
    private const int Tries = 5;

    /// <summary>SQL Server: chosen as the victim of a deadlock.</summary>
    private const int Deadlock = 1205;

    /// <summary>SQL Server: another transaction changed a row that this snapshot had read.</summary>
    private const int SnapshotConflict = 3960;

    private const int SqliteBusy = 5;
    private const int SqliteLocked = 6;

    /// <param name="step">Reads, decides, adds to the context. It is saved and committed here.</param>
    /// <param name="name">What is about to be committed, for <see cref="MoneySteps"/>; null where no money moves.</param>
    /// <exception cref="DbUpdateException">A write met a conflict that did not go away, or failed for another reason. Nothing was written.</exception>
    /// <exception cref="System.Data.Common.DbException">A read did. Nothing was written.</exception>
    /// <exception cref="CommitUnknownException">The commit was sent, and the database did not answer.</exception>
    public static Task<T> RunAsync<T>(
        IDbContextFactory<LagoConsoleDbContext> contexts, Func<LagoConsoleDbContext, Task<T>> step,
        CancellationToken cancellationToken, string? name = null) =>
        RunAsync(contexts, step, isRehearsal: false, name, cancellationToken);

    /// <summary>Lets a step work on what is stored now, and takes all of it back: whatever it did, nothing is stored.</summary>
    /// <param name="step">May save, so that what it reads next shows what it did.</param>
    /// <exception cref="DbUpdateException">A write met a conflict that did not go away, or failed for another reason.</exception>
    /// <exception cref="System.Data.Common.DbException">A read did.</exception>
    public static Task<T> RehearseAsync<T>(
        IDbContextFactory<LagoConsoleDbContext> contexts, Func<LagoConsoleDbContext, Task<T>> step, CancellationToken cancellationToken) =>
        RunAsync(contexts, step, isRehearsal: true, name: null, cancellationToken);

    private static async Task<T> RunAsync<T>(
        IDbContextFactory<LagoConsoleDbContext> contexts, Func<LagoConsoleDbContext, Task<T>> step, bool isRehearsal, string? name,
        CancellationToken cancellationToken)
    {
        // Knows which faults of its provider pass (SQL Server: a lost connection, a failover), and waits between the tries.
        await using LagoConsoleDbContext provider = Provider(contexts);
        return await provider.Database.CreateExecutionStrategy().ExecuteAsync(
            token => TryAsync(contexts, step, isRehearsal, name, token), cancellationToken);
    }

    /// <summary>Asked what it is only: it never opens a connection.</summary>
    private static LagoConsoleDbContext Provider(IDbContextFactory<LagoConsoleDbContext> contexts) => contexts.CreateDbContext();

    private static async Task<T> TryAsync<T>(
        IDbContextFactory<LagoConsoleDbContext> contexts, Func<LagoConsoleDbContext, Task<T>> step, bool isRehearsal, string? name,
        CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
            try
            {
                await using IDbContextTransaction transaction = await db.BeginMoneyTransactionAsync(cancellationToken);
                T result = await step(db);
                if (isRehearsal)
                {
                    return result; // a transaction that ends without a commit is rolled back
                }

                await db.SaveChangesAsync(cancellationToken);
                MoneySteps.Before(name);
                await CommitAsync(transaction, cancellationToken);
                MoneySteps.After(name);
                return result;
            }
            catch (Exception exception) when (attempt < Tries && IsConflict(exception))
            {
                // The context and its transaction are gone: the next try reads what is stored by then.
            }
        }
    }

    private static async Task CommitAsync(IDbContextTransaction transaction, CancellationToken cancellationToken)
    {
        try
        {
            await transaction.CommitAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && !IsConflict(exception))
        {
            throw new CommitUnknownException(exception);
        }
    }

    /// <summary>
    /// Whether the parts of a step that failed may be tried each by itself: what is wrong may be one of them. Not where the database
    /// itself failed, which it would again for each; and never after a commit without an answer.
    /// </summary>
    internal static bool MayBeOnePart(Exception exception) =>
        exception is not (OperationCanceledException or CommitUnknownException or DbException or RetryLimitExceededException);

    /// <summary>
    /// A failed write counts as a conflict without looking closer: what is none fails again and is then thrown. Reads meet
    /// conflicts too, and their error comes bare, or as the cause of the <see cref="InvalidOperationException"/> in which EF
    /// Core's SQL Server provider wraps what it takes for transient, a deadlock met while saving included.
    /// </summary>
    internal static bool IsConflict(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is DbUpdateException
                or SqlException { Number: Deadlock or SnapshotConflict }
                or SqliteException { SqliteErrorCode: SqliteBusy or SqliteLocked })
            {
                return true;
            }
        }

        return false;
    }
}
