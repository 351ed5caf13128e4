using LagoConsole.Core.Persistence;
using LagoConsole.Core.Persistence.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Tests.Support;

/// <summary>A real SQLite file of its own for one test, deleted afterwards.</summary>
public sealed class TestDatabase : IDbContextFactory<LagoConsoleDbContext>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lagoconsole-test-").FullName;
    private readonly DbContextOptions<SqliteLagoConsoleDbContext> _options;

    /// <param name="migrated">Made by the migrations, as the console's own is; else from the model, which is faster.</param>
    public TestDatabase(bool migrated = false)
    {
        DbContextOptionsBuilder<SqliteLagoConsoleDbContext> options = new();
        options.UseConsoleSqlite($"Data Source={File}").AddInterceptors(new SqlitePragmas());
        _options = options.Options;
        using LagoConsoleDbContext db = CreateDbContext();
        if (migrated)
        {
            db.Database.Migrate();
        }
        else
        {
            db.Database.EnsureCreated();
        }
    }

    public string File => Path.Combine(_folder, "test.db");

    public LagoConsoleDbContext CreateDbContext() => new SqliteLagoConsoleDbContext(_options);

    /// <summary>Copies the database as it is now; returns the copy's file.</summary>
    public string Backup()
    {
        string copy = Path.Combine(_folder, $"{Guid.NewGuid():N}.backup");
        Copy(File, copy);
        return copy;
    }

    /// <summary>Everything since the backup is forgotten.</summary>
    public void Restore(string backup) => Copy(backup, File);

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private static void Copy(string from, string to)
    {
        using SqliteConnection source = new($"Data Source={from}");
        using SqliteConnection target = new($"Data Source={to}");
        source.Open();
        target.Open();
        source.BackupDatabase(target);
    }
}
