using LagoConsole.Core.Persistence.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Simulation.Engines;

/// <summary>The database of one world: a file of its own, copied from an empty one that is prepared once, deleted at the end.</summary>
internal sealed class WorldDatabase : IDisposable
{
    private readonly string _file;
    private readonly string _backup;

    /// <param name="folder">Where files are quick: shared memory, where the system has it.</param>
    /// <param name="template">An empty database with every table.</param>
    public WorldDatabase(string folder, string template, string name)
    {
        _file = Path.Combine(folder, name + ".db");
        _backup = Path.Combine(folder, name + ".backup");
        File.Copy(template, _file, overwrite: true);
    }

    public string ConnectionString => new SqliteConnectionStringBuilder { DataSource = _file, DefaultTimeout = 1 }.ToString();

    /// <summary>Makes the empty database.</summary>
    public static async Task<string> PrepareAsync(string folder)
    {
        string template = Path.Combine(folder, "template.db");
        await using SqliteLagoConsoleDbContext db = new(new DbContextOptionsBuilder<SqliteLagoConsoleDbContext>()
            .UseSqlite(new SqliteConnectionStringBuilder { DataSource = template, Pooling = false }.ToString()).Options);
        await db.Database.EnsureCreatedAsync();
        return template;
    }

    /// <summary>Copies the books as they are committed now.</summary>
    public void Backup() => Copy(_file, _backup);

    /// <summary>Everything since the backup is forgotten. Nobody may be using the database.</summary>
    public void Restore() => Copy(_backup, _file);

    public void Dispose()
    {
        using SqliteConnection connection = new(ConnectionString);
        SqliteConnection.ClearPool(connection);
        foreach (string file in (string[])[_file, _file + "-wal", _file + "-shm", _backup])
        {
            File.Delete(file);
        }
    }

    private static void Copy(string from, string to)
    {
        using SqliteConnection source = new(new SqliteConnectionStringBuilder { DataSource = from, Pooling = false }.ToString());
        using SqliteConnection target = new(new SqliteConnectionStringBuilder { DataSource = to, Pooling = false }.ToString());
        source.Open();
        target.Open();
        source.BackupDatabase(target);
    }
}
