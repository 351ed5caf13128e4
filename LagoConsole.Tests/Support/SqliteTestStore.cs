using LagoConsole.Core.Persistence;
using LagoConsole.Core.Persistence.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace LagoConsole.Tests.Support;

/// <summary>A file of its own in a folder of its own.</summary>
internal sealed class SqliteTestStore : ITestStore
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lagoconsole-test-").FullName;
    private readonly DbContextOptions<SqliteLagoConsoleDbContext> _options;

    public SqliteTestStore(IInterceptor[] interceptors)
    {
        DbContextOptionsBuilder<SqliteLagoConsoleDbContext> options = new();
        options.UseConsoleSqlite($"Data Source={File}")
            .UseSqlite(sqlite => sqlite.ExecutionStrategy(dependencies => new RetriesLikeSqlServer(dependencies)))
            .AddInterceptors([new SqlitePragmas(), .. interceptors]);
        _options = options.Options;
    }

    public string File => Path.Combine(_folder, "test.db");

    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>(StringComparer.Ordinal) { ["Database:DataFolder"] = _folder };

    public LagoConsoleDbContext Open() => new SqliteLagoConsoleDbContext(_options);

    public void Prepare(LagoConsoleDbContext db)
    {
    }

    public string Backup()
    {
        string copy = Path.Combine(_folder, $"{Guid.NewGuid():N}.backup");
        Copy(File, copy);
        return copy;
    }

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

/// <summary>
/// Repeats what passes, as SQL Server's strategy does; here that is a failed read of the disk. EF Core then refuses each
/// transaction that is begun outside of a strategy: all tests on SQLite prove that the console begins none on SQL Server.
/// </summary>
internal sealed class RetriesLikeSqlServer(ExecutionStrategyDependencies dependencies) : ExecutionStrategy(dependencies, maxRetryCount: 6, maxRetryDelay: TimeSpan.FromSeconds(10))
{
    /// <summary>Of SQLite: the disk could not be read or written.</summary>
    public const int Passing = 10;

    protected override bool ShouldRetryOn(Exception exception) => exception is SqliteException { SqliteErrorCode: Passing };

    protected override TimeSpan? GetNextDelay(Exception lastException) => base.GetNextDelay(lastException) is null ? null : TimeSpan.Zero;
}
