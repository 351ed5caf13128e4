using LagoConsole.Core.Persistence.Sqlite;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Books;

/// <summary>The command in the real process, on a file that the migrations made.</summary>
[Collection(OwnProcess.Name)]
public sealed class BooksCommandTests : IAsyncLifetime
{
    private readonly ConsoleProcess _console = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_console.DataFolder, "lagoconsole.db");

    public ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_console.DataFolder);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _console.DisposeAsync();

    [Fact]
    public async Task Books_that_balance_end_with_0_and_books_that_do_not_with_1_naming_key_and_difference()
    {
        await FillAsync();

        (int exitCode, string output, _) = await _console.RunAsync("books");
        string[] lines = output.TrimEnd().Split(Environment.NewLine);
        Assert.Equal(0, exitCode);
        Assert.Equal("books balanced", lines[^1]);
        Assert.Contains(lines, line => Words(line) == "USD counted 3.00 USD");
        Assert.Contains(lines, line => Words(line) == "accepted by the marketplace 2.94 USD");
        Assert.Contains(lines, line => Words(line) == "open on meters 0.06 USD");
        Assert.Contains(lines, line => Words(line) == "together 3.00 USD");
        Assert.Contains("Checked 3 keys, 2 increments, 1 meter, 2 records", lines);

        await TamperAsync("UPDATE HighWaterMarks SET AmountMinor = AmountMinor + 50 WHERE MetricCode = 'api_calls'");
        (exitCode, output, _) = await _console.RunAsync("books", $"--Database:DataFolder={_console.DataFolder}");
        lines = output.TrimEnd().Split(Environment.NewLine);
        Assert.Equal(1, exitCode);
        Assert.Equal("books NOT balanced: 1", lines[^1]);
        Assert.Matches(
            "^R14 a, Acme Corporation, acme-prod, api_calls, period from 2026-08-01: .*; expected 3.00 USD, found 3.50 USD, difference 0.50 USD. \\[key [0-9a-f-]{36}\\]$",
            lines[^2]);
    }

    [Fact]
    public async Task Without_a_database_nothing_is_checked_nothing_is_made_and_the_exit_code_says_so()
    {
        (int exitCode, string output, string error) = await _console.RunAsync("books");

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains("There is no database where", error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_console.DataFolder));
    }

    [Fact]
    public async Task A_database_of_an_older_version_is_not_checked()
    {
        await using (SqliteLagoConsoleDbContext db = Open())
        {
            await db.Database.MigrateAsync("Initial", Stop);
        }

        (int exitCode, _, string error) = await _console.RunAsync("books");

        Assert.Equal(2, exitCode);
        Assert.Contains("The database was made by an older version.", error);
    }

    /// <summary>Two records at 7 cents a unit, 6 cents over; made in process and copied to where the console looks.</summary>
    private async Task FillAsync()
    {
        await using ConsoleWorld world = new(database: new TestDatabase(migrated: true));
        (Guid integration, _, _) = await world.SetUpAsync(unitPrice: "0.07");
        world.Use(100);
        await world.NextHourAsync(integration);
        world.Use(50);
        await world.NextHourAsync(integration);
        System.IO.File.Copy(world.Database.Backup(), File);
    }

    private async Task TamperAsync(string sql)
    {
        await using SqliteLagoConsoleDbContext db = Open();
        Assert.Equal(1, await db.Database.ExecuteSqlRawAsync(sql, Stop));
    }

    private SqliteLagoConsoleDbContext Open() =>
        new(new DbContextOptionsBuilder<SqliteLagoConsoleDbContext>().UseSqlite($"Data Source={File};Pooling=false").Options);

    private static string Words(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
