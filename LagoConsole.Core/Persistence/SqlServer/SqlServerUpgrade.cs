using LagoConsole.Core.Scheduling;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Logging;

namespace LagoConsole.Core.Persistence.SqlServer;

/// <summary>Brings the tables on SQL Server to this version, or tells an administrator how.</summary>
internal static class SqlServerUpgrade
{
    /// <summary>A <see cref="DatabaseView"/> asks for it. Does nothing where it is allowed already.</summary>
    internal const string AllowViews =
        """
        IF EXISTS (SELECT 1 FROM sys.databases WHERE database_id = DB_ID() AND snapshot_isolation_state_desc = N'OFF')
            ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON;
        """;

    /// <summary>
    /// Readers do not wait for writers, and Quartz's nodes not for each other. It waits until nobody else is in the database,
    /// so only the administrator's script switches it on; where the console creates the database, EF Core does.
    /// </summary>
    internal const string ReadCommittedSnapshot =
        """
        IF EXISTS (SELECT 1 FROM sys.databases WHERE database_id = DB_ID() AND is_read_committed_snapshot_on = 0)
            ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE;
        """;

    /// <summary>An index over millions of records takes minutes; a step that is broken off begins anew at each start.</summary>
    private static readonly TimeSpan _longestStep = TimeSpan.FromHours(2);

    /// <summary>Without them SQL Server makes no filtered index, and sqlcmd has them off.</summary>
    private const string Settings =
        """
        SET XACT_ABORT, QUOTED_IDENTIFIER, ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL ON;
        SET NUMERIC_ROUNDABORT OFF;
        """;

    private const string IsReadCommittedSnapshot = "SELECT is_read_committed_snapshot_on AS Value FROM sys.databases WHERE database_id = DB_ID()";

    /// <param name="mayUpdate">False where an administrator does it.</param>
    /// <exception cref="InvalidOperationException">The tables are not of this version, and may not be changed here.</exception>
    public static async Task RunAsync(SqlServerLagoConsoleDbContext db, bool mayUpdate, ILoggerFactory? logging, CancellationToken cancellationToken)
    {
        if (mayUpdate)
        {
            int? usual = db.Database.GetCommandTimeout();
            db.Database.SetCommandTimeout(_longestStep);
            await db.Database.MigrateAsync(cancellationToken); // several nodes wait for each other here
            await db.Database.ExecuteSqlRawAsync(AllowViews, cancellationToken);
            db.Database.SetCommandTimeout(usual);
        }

        if (await MigrationCheck.IsOlderAsync(db, cancellationToken))
        {
            throw new InvalidOperationException(
                "The database was made by an older version, and Database:UpdateAtStart is false. Let an administrator run the script that "
                + "`LagoConsole migration-script` prints, then start again. Nothing was changed.");
        }

        if (!await db.Database.SqlQueryRaw<bool>(IsReadCommittedSnapshot).SingleAsync(cancellationToken))
        {
            logging?.CreateLogger(typeof(SqlServerUpgrade)).LogWarning(
                "READ_COMMITTED_SNAPSHOT is off on this database: pages and nodes wait for each other. The script of `LagoConsole migration-script` switches it on; run it while no node is up.");
        }
    }

    /// <summary>
    /// All that the console needs, on a database of any version or none of its tables, as often as one likes: its own tables,
    /// Quartz's, and what is set on the database. For an administrator; batches end with <c>GO</c>.
    /// </summary>
    public static string Script()
    {
        using SqlServerLagoConsoleDbContext db = new SqlServerDesignTimeFactory().CreateDbContext([]);
        string tables = db.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent);
        return string.Join(
            $"{Environment.NewLine}GO{Environment.NewLine}{Environment.NewLine}",
            [Settings, AllowViews, ReadCommittedSnapshot, tables.TrimEnd(), .. QuartzTables.SqlServer(), ""]);
    }
}
