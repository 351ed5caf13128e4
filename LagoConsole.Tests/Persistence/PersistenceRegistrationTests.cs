using LagoConsole.Core.Persistence;
using LagoConsole.Core.Persistence.Sqlite;
using LagoConsole.Core.Persistence.SqlServer;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace LagoConsole.Tests.Persistence;

public sealed class PersistenceRegistrationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lagoconsole-test-").FullName;

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public async Task SQL_Server_without_a_connection_string_does_not_start(string? connectionString)
    {
        using IHost host = Host(("Database:Provider", "SqlServer"), ("Database:ConnectionString", connectionString));

        OptionsValidationException refusal = await Assert.ThrowsAsync<OptionsValidationException>(
            () => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(
            "Database:Provider is SqlServer, but Database:ConnectionString is empty. Set it (environment: Database__ConnectionString).",
            refusal.Message);
    }

    [Fact]
    public async Task SQL_Server_without_a_connection_string_is_not_migrated_either()
    {
        // The console migrates before its host starts, and with it the check at the start.
        using IHost host = Host(("Database:Provider", "SqlServer"));

        OptionsValidationException refusal = await Assert.ThrowsAsync<OptionsValidationException>(
            () => host.Services.MigrateDatabaseAsync(TestContext.Current.CancellationToken));

        Assert.Contains("Database:ConnectionString is empty", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_provider_that_nobody_knows_is_refused_by_the_name_of_its_setting()
    {
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => Host(("Database:Provider", "Oracle")));

        Assert.Contains("Database:Provider", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Oracle", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_is_only_a_number_is_refused()
    {
        using IHost host = Host(("Database:Provider", "7"));

        OptionsValidationException refusal = await Assert.ThrowsAsync<OptionsValidationException>(
            () => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal("Database:Provider must be Sqlite or SqlServer.", refusal.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder)); // and no SQLite file came of it
    }

    [Fact]
    public async Task Without_any_setting_but_its_folder_SQLite_is_created_and_migrated()
    {
        string folder = Path.Combine(_folder, "not", "there", "yet");
        using IHost host = Host(("Database:DataFolder", folder));

        await host.Services.MigrateDatabaseAsync(TestContext.Current.CancellationToken);

        await using LagoConsoleDbContext db = await ContextAsync(host);
        Assert.IsType<SqliteLagoConsoleDbContext>(db);
        Assert.True(File.Exists(Path.Combine(folder, "lagoconsole.db")));
        Assert.Empty(await db.Database.GetPendingMigrationsAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task SQL_Server_is_chosen_by_its_setting()
    {
        using IHost host = Host(("Database:Provider", "SqlServer"), ("Database:ConnectionString", "Server=db;Database=books"));

        await using LagoConsoleDbContext db = await ContextAsync(host);

        Assert.IsType<SqlServerLagoConsoleDbContext>(db);
        Assert.Equal("books", db.Database.GetDbConnection().Database);
    }

    [Fact]
    public async Task The_key_ring_is_in_the_database_and_reads_after_a_restart_what_it_wrote()
    {
        string sealedText;
        using (IHost first = Host())
        {
            await first.Services.MigrateDatabaseAsync(TestContext.Current.CancellationToken);
            sealedText = Protector(first).Protect("secret");
            await using LagoConsoleDbContext db = await ContextAsync(first);
            Assert.NotEmpty(await db.DataProtectionKeys.ToListAsync(TestContext.Current.CancellationToken));
        }

        using IHost second = Host();
        Assert.Equal("secret", Protector(second).Unprotect(sealedText));

        static IDataProtector Protector(IHost host) => host.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");
    }

    [Fact]
    public async Task Quartz_has_a_file_of_its_own_beside_the_books()
    {
        using IHost host = Host();
        DatabaseOptions options = host.Services.GetRequiredService<IOptions<DatabaseOptions>>().Value;

        await using LagoConsoleDbContext db = await ContextAsync(host);

        Assert.Equal(Path.Combine(_folder, "lagoconsole.db"), new SqliteConnectionStringBuilder(db.Database.GetConnectionString()).DataSource);
        Assert.Equal(Path.Combine(_folder, "quartz.db"), new SqliteConnectionStringBuilder(options.QuartzSqliteConnectionString).DataSource);
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private static Task<LagoConsoleDbContext> ContextAsync(IHost host) =>
        host.Services.GetRequiredService<IDbContextFactory<LagoConsoleDbContext>>().CreateDbContextAsync(TestContext.Current.CancellationToken);

    private IHost Host(params (string Key, string? Value)[] settings)
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Database:DataFolder"] = _folder });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => setting.Value));
        builder.Services.AddPersistence(builder.Configuration);
        return builder.Build();
    }
}
