using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Xunit;

namespace LagoConsole.Tests.Support;

/// <summary>
/// A real database of its own for one test, deleted afterwards: a SQLite file, or on the SQL Server that
/// <c>eng/test-sqlserver.sh</c> names.
/// </summary>
public sealed class TestDatabase : IDbContextFactory<LagoConsoleDbContext>, IDisposable
{
    private readonly ITestStore _store;

    /// <param name="migrated">Made by the migrations, as the console's own is; else from the model, which is faster.</param>
    /// <param name="interceptors">Stand between the contexts and the database.</param>
    public TestDatabase(bool migrated = false, params IInterceptor[] interceptors)
    {
        _store = SqlServerUnderTest.ConnectionString is { } server ? new SqlServerTestStore(server, interceptors) : new SqliteTestStore(interceptors);
        using LagoConsoleDbContext db = CreateDbContext();
        if (migrated)
        {
            db.Database.Migrate();
        }
        else
        {
            db.Database.EnsureCreated();
        }

        _store.Prepare(db);
    }

    /// <summary>The SQLite file. A test that asks for it is left out on SQL Server.</summary>
    public string File => Sqlite.File;

    /// <summary>What a console is told, so that it uses this database.</summary>
    public IReadOnlyDictionary<string, string?> Settings => _store.Settings;

    private SqliteTestStore Sqlite
    {
        get
        {
            Assert.SkipUnless(_store is SqliteTestStore, "It looks into a SQLite file.");
            return (SqliteTestStore)_store;
        }
    }

    public LagoConsoleDbContext CreateDbContext() => _store.Open();

    /// <summary>Copies the database as it is now; returns the copy's file.</summary>
    public string Backup() => Sqlite.Backup();

    /// <summary>Everything since the backup is forgotten.</summary>
    public void Restore(string backup) => Sqlite.Restore(backup);

    public void Dispose() => _store.Dispose();
}
