using System.Data.Common;
using LagoConsole.Core.Persistence;
using Microsoft.Data.Sqlite;

namespace LagoConsole.Core.Scheduling;

/// <summary>
/// Quartz's connections to its own SQLite file. What they are told has no keyword in a connection string: a writer waits
/// for another instead of failing, and readers do not wait for writers (WAL).
/// </summary>
internal sealed class QuartzSqliteSource(string connectionString) : DbDataSource
{
    public override string ConnectionString { get; } = connectionString;

    /// <summary>From the options, with the folder made: Quartz opens its file before anything else is written there.</summary>
    public static QuartzSqliteSource Create(DatabaseOptions options)
    {
        Directory.CreateDirectory(Path.GetFullPath(options.DataFolder));
        return new QuartzSqliteSource(options.QuartzSqliteConnectionString);
    }

    protected override DbConnection CreateDbConnection() => new Connection(ConnectionString);

    private sealed class Connection(string connectionString) : SqliteConnection(connectionString)
    {
        public override void Open()
        {
            base.Open();
            using SqliteCommand command = CreateCommand();
            command.CommandText = "PRAGMA busy_timeout=10000; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;";
            command.ExecuteNonQuery();
        }
    }
}
