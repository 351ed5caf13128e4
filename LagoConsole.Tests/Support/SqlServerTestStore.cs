using LagoConsole.Core.Persistence;
using LagoConsole.Core.Persistence.SqlServer;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace LagoConsole.Tests.Support;

/// <summary>A database of its own on a real server.</summary>
internal sealed class SqlServerTestStore : ITestStore
{
    private readonly string _connectionString;
    private readonly DbContextOptions<SqlServerLagoConsoleDbContext> _options;

    public SqlServerTestStore(string server, IInterceptor[] interceptors)
    {
        _connectionString = new SqlConnectionStringBuilder(server) { InitialCatalog = $"lagoconsole_test_{Guid.NewGuid():N}" }.ConnectionString;
        DbContextOptionsBuilder<SqlServerLagoConsoleDbContext> options = new();
        options.UseConsoleSqlServer(_connectionString).AddInterceptors(interceptors);
        _options = options.Options;
    }

    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["Database:Provider"] = nameof(DatabaseProvider.SqlServer),
        ["Database:ConnectionString"] = _connectionString,
    };

    public LagoConsoleDbContext Open() => new SqlServerLagoConsoleDbContext(_options);

    public void Prepare(LagoConsoleDbContext db) => db.Database.ExecuteSqlRaw(SqlServerUpgrade.AllowViews);

    public void Dispose()
    {
        SqlConnection.ClearAllPools();
        using LagoConsoleDbContext db = Open();
        db.Database.EnsureDeleted();
    }
}
