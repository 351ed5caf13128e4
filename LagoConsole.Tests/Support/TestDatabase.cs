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

    public TestDatabase()
    {
        _options = new DbContextOptionsBuilder<SqliteLagoConsoleDbContext>()
            .UseSqlite($"Data Source={File}")
            .AddInterceptors(new SqlitePragmas())
            .Options;
        using LagoConsoleDbContext db = CreateDbContext();
        db.Database.EnsureCreated();
    }

    public string File => Path.Combine(_folder, "test.db");

    public LagoConsoleDbContext CreateDbContext() => new SqliteLagoConsoleDbContext(_options);

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
