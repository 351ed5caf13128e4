using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace LagoConsole.Tests.Support;

/// <summary>Counts commits, and loses them or their answers while it is told to.</summary>
internal sealed class LostCommits : IDbTransactionInterceptor
{
    private const int Io = 10;

    private bool? _arrives;
    private int _sent;

    /// <summary>Commits since the last call of <see cref="Count"/> or <see cref="Lose"/>.</summary>
    public int Sent => _sent;

    /// <summary>From now on, and loses none any more.</summary>
    public void Count() => (_arrives, _sent) = (null, 0);

    /// <param name="arrives">What was to be stored is; only nobody hears of it.</param>
    public void Lose(bool arrives) => (_arrives, _sent) = (arrives, 0);

    public ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _sent);
        return _arrives == false ? throw new SqliteException("The disk.", Io) : ValueTask.FromResult(result);
    }

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) =>
        _arrives == true ? throw new SqliteException("The disk.", Io) : Task.CompletedTask;
}
