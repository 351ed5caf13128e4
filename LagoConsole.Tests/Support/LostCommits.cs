using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace LagoConsole.Tests.Support;

/// <summary>Counts commits, and loses them or their answers while it is told to.</summary>
internal sealed class LostCommits : IDbTransactionInterceptor
{
    private const int Io = 10;

    private bool? _arrives;
    private int _tried;

    /// <summary>Commits that were sent while they were lost.</summary>
    public int Tried => _tried;

    /// <param name="arrives">What was to be stored is; only nobody hears of it.</param>
    public void Begin(bool arrives) => _arrives = arrives;

    public void End() => _arrives = null;

    public ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        if (_arrives is not null)
        {
            Interlocked.Increment(ref _tried);
        }

        return _arrives == false ? throw new SqliteException("The disk.", Io) : ValueTask.FromResult(result);
    }

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) =>
        _arrives == true ? throw new SqliteException("The disk.", Io) : Task.CompletedTask;
}
