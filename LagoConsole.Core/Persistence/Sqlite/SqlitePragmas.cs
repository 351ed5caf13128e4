using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace LagoConsole.Core.Persistence.Sqlite;

/// <summary>
/// What every SQLite connection of the console is told. A writer waits for another instead of failing; a commit is on
/// the disk before anything is sent (money: <c>synchronous=FULL</c>, so that a power cut cannot take back a record that
/// a marketplace has seen); deleted bytes are overwritten (a deleted key must be gone).
/// </summary>
internal sealed class SqlitePragmas : DbConnectionInterceptor
{
    internal const string Sql = "PRAGMA busy_timeout=10000; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using DbCommand command = connection.CreateCommand();
        command.CommandText = Sql;
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = Sql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
