using System.Collections.Concurrent;
using System.Globalization;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Persistence.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Logging;
using Xunit;

namespace LagoConsole.Tests.Persistence;

/// <summary>An upgrade is complete or did not happen, and takes every row along.</summary>
public sealed class SqliteUpgradeTests : IDisposable
{
    /// <summary>Each key of every table filled by <see cref="FillAsync"/>, so that they point to each other.</summary>
    private const string Id = "0195B000-0000-7000-8000-000000000001";

    private readonly string _folder = Directory.CreateTempSubdirectory("lagoconsole-test-").FullName;

    /// <summary>Of every version that there was.</summary>
    public static TheoryData<string> EarlierMigrations
    {
        get
        {
            using SqliteLagoConsoleDbContext db = Context("never-opened.db");
            return [.. db.Database.GetMigrations().SkipLast(1)];
        }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_folder, "lagoconsole.db");

    [Theory]
    [MemberData(nameof(EarlierMigrations))]
    public async Task Every_value_of_every_row_survives_the_upgrade_from_any_earlier_version(string migration)
    {
        Dictionary<string, Dictionary<string, string>> before;
        await using (SqliteLagoConsoleDbContext old = Context(File))
        {
            await old.GetService<IMigrator>().MigrateAsync(migration, Stop);
            before = await FillAsync(old);
        }

        await SqliteUpgrade.RunAsync(File, logging: null, Stop);

        await using SqliteLagoConsoleDbContext db = Context(File);
        Assert.Empty(await db.Database.GetPendingMigrationsAsync(Stop));
        Assert.Empty(await RowsAsync(db, "PRAGMA foreign_key_check"));
        Assert.Contains("UsageRecords", before.Keys);
        foreach ((string table, Dictionary<string, string> row) in before)
        {
            Dictionary<string, string> after = Assert.Single(await RowsAsync(db, $"SELECT * FROM \"{table}\""));
            Assert.Equal(row.OrderBy(value => value.Key, StringComparer.Ordinal), after.Where(value => row.ContainsKey(value.Key)).OrderBy(value => value.Key, StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task What_is_still_in_the_log_of_a_killed_process_is_taken_along()
    {
        await using (SqliteLagoConsoleDbContext old = Context(File))
        {
            await old.GetService<IMigrator>().MigrateAsync("Initial", Stop);
        }

        await using SqliteConnection writer = new($"Data Source={File};Pooling=False");
        await writer.OpenAsync(Stop);
        await ExecuteAsync(writer, $"INSERT INTO Buyers (Id, Name, CreatedAt, Version) VALUES ('{Id}', 'Acme', 1, 0)");
        foreach (string file in (string[])["lagoconsole.db", "lagoconsole.db-wal"])
        {
            Directory.CreateDirectory(Path.Combine(_folder, "killed"));
            System.IO.File.Copy(Path.Combine(_folder, file), Path.Combine(_folder, "killed", file)); // as they are while the writer lives
        }

        string killed = Path.Combine(_folder, "killed", "lagoconsole.db");
        await SqliteUpgrade.RunAsync(killed, logging: null, Stop);

        await using SqliteLagoConsoleDbContext db = Context(killed);
        Assert.Equal("Acme", (await db.Buyers.SingleAsync(Stop)).Name);
    }

    [Fact]
    public async Task A_start_that_was_killed_in_the_middle_has_changed_nothing_and_the_next_one_begins_anew()
    {
        await using (SqliteLagoConsoleDbContext old = Context(File))
        {
            await old.GetService<IMigrator>().MigrateAsync("Initial", Stop);
        }

        byte[] original = await System.IO.File.ReadAllBytesAsync(File, Stop);
        await using (SqliteLagoConsoleDbContext half = Context(File + ".upgrade")) // what the kill left: half a copy, locked by EF Core
        {
            await half.GetService<IMigrator>().MigrateAsync("EveryCent", Stop);
            await half.Database.ExecuteSqlRawAsync("CREATE TABLE IF NOT EXISTS __EFMigrationsLock (Id INTEGER NOT NULL PRIMARY KEY, Timestamp TEXT NOT NULL); INSERT INTO __EFMigrationsLock VALUES (1, '2026-01-01')", Stop);
        }

        Assert.Equal(original, await System.IO.File.ReadAllBytesAsync(File, Stop));
        await SqliteUpgrade.RunAsync(File, logging: null, Stop);

        await using SqliteLagoConsoleDbContext db = Context(File);
        Assert.Empty(await db.Database.GetPendingMigrationsAsync(Stop));
        Assert.Equal(["lagoconsole.db"], Directory.GetFiles(_folder).Select(Path.GetFileName).Where(name => !name!.EndsWith("-wal", StringComparison.Ordinal) && !name.EndsWith("-shm", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_lock_of_a_version_that_was_killed_while_it_migrated_is_not_waited_for()
    {
        await using (SqliteLagoConsoleDbContext old = Context(File))
        {
            await old.GetService<IMigrator>().MigrateAsync("Initial", Stop);
            await old.Database.ExecuteSqlRawAsync(
                "CREATE TABLE IF NOT EXISTS __EFMigrationsLock (Id INTEGER NOT NULL PRIMARY KEY, Timestamp TEXT NOT NULL); INSERT INTO __EFMigrationsLock VALUES (1, '2026-01-01')", Stop);
        }

        await SqliteUpgrade.RunAsync(File, logging: null, Stop).WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Stop);

        await using SqliteLagoConsoleDbContext db = Context(File);
        Assert.Empty(await db.Database.GetPendingMigrationsAsync(Stop));
    }

    [Fact]
    public async Task A_copy_that_cannot_be_written_leaves_the_old_file_as_it_was()
    {
        await using (SqliteLagoConsoleDbContext old = Context(File))
        {
            await old.GetService<IMigrator>().MigrateAsync("Initial", Stop);
        }

        Directory.CreateDirectory(File + ".upgrade"); // nothing can be written in its place
        await Assert.ThrowsAnyAsync<Exception>(() => SqliteUpgrade.RunAsync(File, logging: null, Stop));
        Directory.Delete(File + ".upgrade");

        await using SqliteLagoConsoleDbContext db = Context(File);
        Assert.Equal(["Initial"], (await db.Database.GetAppliedMigrationsAsync(Stop)).Select(id => id.Split('_')[1]));
    }

    [Fact]
    public async Task A_file_that_another_program_is_reading_is_not_replaced_under_it()
    {
        await using (SqliteLagoConsoleDbContext old = Context(File))
        {
            await old.GetService<IMigrator>().MigrateAsync("Initial", Stop);
            await ExecuteAsync((SqliteConnection)old.Database.GetDbConnection(), $"INSERT INTO Buyers (Id, Name, CreatedAt, Version) VALUES ('{Id}', 'Acme', 1, 0)");
        }

        await using SqliteConnection other = new($"Data Source={File};Pooling=False");
        await other.OpenAsync(Stop);
        await ExecuteAsync(other, $"UPDATE Buyers SET Name = 'Acme Ltd'");
        await using SqliteTransaction reading = other.BeginTransaction(deferred: true);
        await ExecuteAsync(other, "SELECT count(*) FROM Buyers", reading);

        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => SqliteUpgrade.RunAsync(File, logging: null, Stop));

        Assert.Contains("another program is reading it", refusal.Message, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File + ".upgrade"));
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused()
    {
        await SqliteUpgrade.RunAsync(File, logging: null, Stop);
        await using (SqliteLagoConsoleDbContext newer = Context(File))
        {
            await newer.Database.ExecuteSqlRawAsync("INSERT INTO __EFMigrationsHistory VALUES ('29991231000000_FromTomorrow', '99.0.0')", Stop);
        }

        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => SqliteUpgrade.RunAsync(File, logging: null, Stop));

        Assert.Contains("29991231000000_FromTomorrow", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_start_and_an_upgrade_say_nothing_that_sounds_like_danger()
    {
        using Hearing heard = new();
        using ILoggerFactory logging = LoggerFactory.Create(builder => builder.AddProvider(heard));
        await SqliteUpgrade.RunAsync(File, logging, Stop);
        string old = Path.Combine(_folder, "old.db");
        await using (SqliteLagoConsoleDbContext db = Context(old))
        {
            await db.GetService<IMigrator>().MigrateAsync("Initial", Stop);
        }

        await SqliteUpgrade.RunAsync(old, logging, Stop);

        Assert.NotEmpty(heard.All); // it listens
        Assert.Empty(heard.All.Where(line => line.Level >= LogLevel.Warning).Select(line => line.Text));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // a first start that was killed at once
    public async Task The_file_is_in_WAL_mode(bool isEmptyFileThere)
    {
        if (isEmptyFileThere)
        {
            await System.IO.File.WriteAllBytesAsync(File, [], Stop);
        }

        await SqliteUpgrade.RunAsync(File, logging: null, Stop);

        await using SqliteLagoConsoleDbContext db = Context(File);
        Assert.Equal("wal", Assert.Single(await RowsAsync(db, "PRAGMA journal_mode"))["journal_mode"]);
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private static SqliteLagoConsoleDbContext Context(string file) => new(new DbContextOptionsBuilder<SqliteLagoConsoleDbContext>()
        .UseSqlite($"Data Source={file};Pooling=False").AddInterceptors(new SqlitePragmas()).Options);

    private static async Task ExecuteAsync(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        await connection.OpenAsync(Stop);
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        await command.ExecuteScalarAsync(Stop);
    }

    /// <summary>One row in each table: keys point to the one row of their table, other text tells its column, numbers count.</summary>
    /// <returns>What was written, by table and column.</returns>
    private static async Task<Dictionary<string, Dictionary<string, string>>> FillAsync(LagoConsoleDbContext db)
    {
        await db.Database.OpenConnectionAsync(Stop);
        await db.Database.ExecuteSqlRawAsync("PRAGMA foreign_keys = OFF", Stop); // the order of the tables does not matter then
        Dictionary<string, Dictionary<string, string>> written = new(StringComparer.Ordinal);
        int number = 0;
        foreach (Dictionary<string, string> table in await RowsAsync(db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_\\_EF%' ESCAPE '\\'"))
        {
            List<Dictionary<string, string>> columns = await RowsAsync(db, $"PRAGMA table_info(\"{table["name"]}\")");
            Dictionary<string, string> row = columns.ToDictionary(
                column => column["name"],
                column => column["type"] == "INTEGER" ? (++number).ToString(CultureInfo.InvariantCulture)
                    : column["name"].EndsWith("Id", StringComparison.Ordinal) ? Id
                    : column["name"].EndsWith("Minor", StringComparison.Ordinal) ? "12.5"
                    : column["name"],
                StringComparer.Ordinal);
            await ExecuteAsync(
                (SqliteConnection)db.Database.GetDbConnection(),
                $"INSERT INTO \"{table["name"]}\" ({string.Join(", ", row.Keys.Select(name => $"\"{name}\""))}) VALUES ({string.Join(", ", row.Values.Select(value => $"'{value}'"))})");
            written.Add(table["name"], row);
        }

        return written;
    }

    private static async Task<List<Dictionary<string, string>>> RowsAsync(LagoConsoleDbContext db, string sql)
    {
        await db.Database.OpenConnectionAsync(Stop);
        await using System.Data.Common.DbCommand command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        await using System.Data.Common.DbDataReader reader = await command.ExecuteReaderAsync(Stop);
        List<Dictionary<string, string>> rows = [];
        while (await reader.ReadAsync(Stop))
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(
                reader.GetName, field => Convert.ToString(reader.GetValue(field), CultureInfo.InvariantCulture)!, StringComparer.Ordinal));
        }

        return rows;
    }

    private sealed class Hearing : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<(LogLevel Level, string Text)> All { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Enqueue((logLevel, $"{eventId.Id} {formatter(state, exception)}"));

        public void Dispose()
        {
        }
    }
}
