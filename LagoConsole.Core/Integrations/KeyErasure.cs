using System.Data.Common;
using System.Globalization;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Integrations;

/// <summary>
/// Makes a deleted or replaced key's cipher disappear from the database's files. <c>secure_delete</c> has overwritten it
/// in the page; copies of the page remain in SQLite's write-ahead log until a checkpoint empties it.
/// </summary>
public sealed class KeyErasure(IDbContextFactory<LagoConsoleDbContext> databases, TimeProvider clock)
{
    private const int Tries = 5;

    /// <summary>
    /// True when no copy is left in the files. False when other connections kept the log in use all the while: it is
    /// emptied by the next checkpoint. Other databases keep their log under the care of their administrator: true.
    /// </summary>
    public async Task<bool> EraseAsync(CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        if (!db.Database.IsSqlite())
        {
            return true;
        }

        await db.Database.OpenConnectionAsync(cancellationToken);
        for (int attempt = 1; ; attempt++)
        {
            if (await CheckpointAsync(db.Database.GetDbConnection(), cancellationToken))
            {
                return true;
            }

            if (attempt == Tries)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancellationToken);
        }
    }

    private static async Task<bool> CheckpointAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE);";
        object? busy = await command.ExecuteScalarAsync(cancellationToken); // first column: 1 when somebody held the log
        return Convert.ToInt32(busy, CultureInfo.InvariantCulture) == 0;
    }
}
