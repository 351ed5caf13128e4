using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace LagoConsole.Core.Persistence.Sqlite;

/// <summary>How the console asks SQLite, wherever it does.</summary>
internal static class SqliteModelOptions
{
    /// <summary>
    /// A list of values is one parameter: the text of a query does not depend on how many there are, so it is made once, and no
    /// list is too long. SQLite looks each up by index.
    /// </summary>
    public static DbContextOptionsBuilder UseConsoleSqlite(this DbContextOptionsBuilder options, string connectionString) =>
        options.UseSqlite(connectionString, sqlite => sqlite.UseParameterizedCollectionMode(ParameterTranslationMode.Parameter))
            .ReplaceService<IDatabase, SqliteDatabase>();
}
