using System.ComponentModel.DataAnnotations;

namespace LagoConsole.Core.Persistence;

/// <summary>Which database holds the books.</summary>
public enum DatabaseProvider
{
    Sqlite = 1,
    SqlServer = 2,
}

/// <summary>Where data is kept. Section <c>Database</c>; a bad value stops the start.</summary>
public sealed class DatabaseOptions
{
    public const string Section = "Database";

    /// <summary>Default: <c>Sqlite</c>, embedded, nothing to install. <c>SqlServer</c> is for production and several nodes.</summary>
    public DatabaseProvider Provider { get; set; } = DatabaseProvider.Sqlite;

    /// <summary>SQL Server only: its connection string. Keep it in the environment or a secret store, not in a file of the project.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// SQL Server only. Default: true, each start brings the tables to its version, one node after another. False: a database
    /// administrator does so with the script of the command <c>migration-script</c>, and a start on older tables is refused.
    /// </summary>
    public bool UpdateAtStart { get; set; } = true;

    /// <summary>Folder of the SQLite files (and of the sandbox's), absolute or relative to where the console is started. Default: <c>data</c>.</summary>
    [Required]
    public string DataFolder { get; set; } = "data";

    /// <summary>The books: <c>lagoconsole.db</c> in the data folder.</summary>
    internal string SqliteFile => Path.Combine(Path.GetFullPath(DataFolder), "lagoconsole.db");

    internal string SqliteConnectionString => $"Data Source={SqliteFile}";

    /// <summary>Quartz's own file: its writers and ours would wait for each other in one.</summary>
    internal string QuartzSqliteConnectionString => $"Data Source={Path.Combine(Path.GetFullPath(DataFolder), "quartz.db")}";
}
