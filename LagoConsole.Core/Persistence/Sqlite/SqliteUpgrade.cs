using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;

namespace LagoConsole.Core.Persistence.Sqlite;

/// <summary>
/// Brings the SQLite file to this version: on a copy, which takes its place when it is complete. SQLite changes a column by
/// building its table anew, and that is no single transaction: a start that was killed in the middle, or that filled the
/// disk, would leave a file of no version at all. So only a copy is ever half done, and the next start begins a new one.
/// </summary>
internal static class SqliteUpgrade
{
    /// <summary>
    /// A migration that was killed leaves EF Core's lock, and the next waits for it for ever; a copy is nobody else's. EF Core
    /// asks for WAL only where it makes the file, and a first start that was killed leaves an empty one.
    /// </summary>
    private const string Prepare = """PRAGMA journal_mode=WAL; DROP TABLE IF EXISTS "__EFMigrationsLock";""";

    /// <exception cref="InvalidOperationException">The file is a newer version's, or another program is reading it.</exception>
    public static async Task RunAsync(string file, ILoggerFactory? logging, CancellationToken cancellationToken)
    {
        string copy = file + ".upgrade";
        if (File.Exists(file))
        {
            await using SqliteLagoConsoleDbContext db = Open(file, logging);
            if (!await MigrationCheck.IsOlderAsync(db, cancellationToken))
            {
                return;
            }
        }

        Delete(copy);
        try
        {
            if (File.Exists(file))
            {
                Copy(file, copy);
            }

            await using (SqliteLagoConsoleDbContext db = Open(copy, logging))
            {
                await db.Database.MigrateAsync(cancellationToken);
            }

            File.Move(copy, file, overwrite: true);
        }
        finally
        {
            Delete(copy);
        }
    }

    private static SqliteLagoConsoleDbContext Open(string file, ILoggerFactory? logging) => new(
        new DbContextOptionsBuilder<SqliteLagoConsoleDbContext>()
            .UseSqlite($"Data Source={file};Pooling=False").AddInterceptors(new SqlitePragmas()).UseLoggerFactory(logging)

            // It warns that a migration which is killed may be half done. Here that is a copy, and nobody's books.
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.NonTransactionalMigrationOperationWarning))
            .Options);

    /// <summary>Takes along what is still in the log, and leaves none: beside the new file it would be played into it.</summary>
    private static void Copy(string file, string copy)
    {
        using (SqliteConnection source = new($"Data Source={file};Pooling=False"))
        using (SqliteConnection target = new($"Data Source={copy};Pooling=False"))
        {
            source.Open();
            target.Open();
            source.BackupDatabase(target);
            using SqliteCommand prepare = target.CreateCommand();
            prepare.CommandText = Prepare;
            prepare.ExecuteNonQuery();
            using SqliteCommand checkpoint = source.CreateCommand();
            checkpoint.CommandText = "PRAGMA wal_checkpoint(TRUNCATE);";
            if (Convert.ToInt32(checkpoint.ExecuteScalar(), CultureInfo.InvariantCulture) != 0)
            {
                throw new InvalidOperationException(
                    $"{file} must be brought to this version, and another program is reading it. Close that one, then start again. Nothing was changed.");
            }
        }

        DeleteLog(file);
    }

    private static void Delete(string file)
    {
        File.Delete(file);
        DeleteLog(file);
    }

    private static void DeleteLog(string file)
    {
        File.Delete(file + "-wal");
        File.Delete(file + "-shm");
    }
}
