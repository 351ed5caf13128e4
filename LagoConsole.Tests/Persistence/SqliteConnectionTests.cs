using LagoConsole.Core.Persistence;
using LagoConsole.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Persistence;

/// <summary>What SQLite is told: partly kept in the file, partly forgotten by it and told to each connection.</summary>
public sealed class SqliteConnectionTests : IDisposable
{
    private readonly TestDatabase _database = new();

    [Fact]
    public async Task The_file_is_in_WAL_mode_so_that_pages_read_while_a_poll_writes()
    {
        await using LagoConsoleDbContext db = _database.CreateDbContext();

        Assert.Equal("wal", await PragmaAsync(db, "journal_mode"));
    }

    [Theory]
    [InlineData("synchronous", "2")] // FULL: a commit is on the disk before anything is sent
    [InlineData("secure_delete", "1")] // a deleted key's bytes are overwritten
    [InlineData("busy_timeout", "10000")] // a writer waits for another
    [InlineData("foreign_keys", "1")]
    public async Task Every_connection_is_told_and_not_only_the_first(string pragma, string expected)
    {
        // Both are open at once, so that the pool has to make a second connection.
        await using LagoConsoleDbContext first = _database.CreateDbContext();
        await using LagoConsoleDbContext second = _database.CreateDbContext();
        await first.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        second.Database.OpenConnection();

        Assert.Equal(expected, await PragmaAsync(first, pragma));
        Assert.Equal(expected, await PragmaAsync(second, pragma));
    }

    [Fact]
    public async Task A_connection_that_was_not_told_forgets_what_money_needs()
    {
        // The reason for telling each one: nothing of this is kept in the file.
        await using SqliteConnection bare = new($"Data Source={_database.File};Pooling=False");
        await bare.OpenAsync(TestContext.Current.CancellationToken);
        await using SqliteCommand command = bare.CreateCommand();
        command.CommandText = "PRAGMA busy_timeout";

        Assert.Equal(0L, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    public void Dispose() => _database.Dispose();

    private static async Task<string> PragmaAsync(LagoConsoleDbContext db, string name)
    {
        await db.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using System.Data.Common.DbCommand command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"PRAGMA {name}";
        return Convert.ToString(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture)!;
    }
}
