using LagoConsole.Core.Persistence.Sqlite;
using LagoConsole.Core.Persistence.SqlServer;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Persistence;

/// <summary>Registers the database that the configuration chooses, and the key ring in it.</summary>
public static class PersistenceRegistration
{
    public static IServiceCollection AddPersistence(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DatabaseOptions>()
            .Bind(configuration.GetSection(DatabaseOptions.Section))
            .ValidateDataAnnotations()
            .Validate(
                options => options.Provider != DatabaseProvider.SqlServer || !string.IsNullOrWhiteSpace(options.ConnectionString),
                "Database:Provider is SqlServer, but Database:ConnectionString is empty. Set it (environment: Database__ConnectionString).")
            .Validate(options => Enum.IsDefined(options.Provider), "Database:Provider must be Sqlite or SqlServer.")
            .ValidateOnStart();

        DatabaseOptions chosen = new();
        configuration.GetSection(DatabaseOptions.Section).Bind(chosen);
        IDataProtectionBuilder keys = services.AddDataProtection().SetApplicationName("LagoConsole");
        if (chosen.Provider == DatabaseProvider.SqlServer)
        {
            services.AddPooledDbContextFactory<SqlServerLagoConsoleDbContext>(options => options.UseConsoleSqlServer(chosen.ConnectionString!));
            services.AddSingleton<IDbContextFactory<LagoConsoleDbContext>, Factory<SqlServerLagoConsoleDbContext>>();
            keys.PersistKeysToDbContext<SqlServerLagoConsoleDbContext>();
        }
        else
        {
            services.AddPooledDbContextFactory<SqliteLagoConsoleDbContext>(
                options => options.UseConsoleSqlite(chosen.SqliteConnectionString).AddInterceptors(new SqlitePragmas()));
            services.AddSingleton<IDbContextFactory<LagoConsoleDbContext>, Factory<SqliteLagoConsoleDbContext>>();
            services.AddSingleton<DataFolderLock>();
            keys.PersistKeysToDbContext<SqliteLagoConsoleDbContext>();
        }

        return services;
    }

    /// <summary>
    /// Brings the database to this version. Runs before the host starts, so that nothing meets an old table. On SQLite the
    /// data folder is this process's own from here to its end.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another process has the folder, or the database is not one that this version may use.</exception>
    public static async Task MigrateDatabaseAsync(this IServiceProvider services, CancellationToken cancellationToken = default)
    {
        DatabaseOptions options = services.GetRequiredService<IOptions<DatabaseOptions>>().Value;
        ILoggerFactory? logging = services.GetService<ILoggerFactory>();
        if (options.Provider == DatabaseProvider.Sqlite)
        {
            services.GetRequiredService<DataFolderLock>().Take();
            await SqliteUpgrade.RunAsync(options.SqliteFile, logging, cancellationToken);
            return;
        }

        await using SqlServerLagoConsoleDbContext db = await services
            .GetRequiredService<IDbContextFactory<SqlServerLagoConsoleDbContext>>().CreateDbContextAsync(cancellationToken);
        await SqlServerUpgrade.RunAsync(db, options.UpdateAtStart, logging, cancellationToken);
    }

    /// <summary>
    /// How a server that is away looks, which EF Core does not count among what passes: nobody listens (0 and 10061), no way
    /// there (53), no answer to the first word (258), no such name while its name moves (11001).
    /// </summary>
    private static readonly int[] NobodyThere = [0, 53, 258, 10061, 11001];

    /// <summary>
    /// SQL Server as the console uses it. A connection that is lost, a failover, a server that is busy: tried again for about
    /// half a minute. What takes longer fails its run or its page, and the next one goes on.
    /// </summary>
    internal static DbContextOptionsBuilder UseConsoleSqlServer(this DbContextOptionsBuilder options, string connectionString) =>
        options.UseSqlServer(connectionString, server => server.EnableRetryOnFailure(6, TimeSpan.FromSeconds(10), NobodyThere));

    /// <summary>Lets the rest of the console ask for the model without knowing the provider.</summary>
    private sealed class Factory<TContext>(IDbContextFactory<TContext> inner) : IDbContextFactory<LagoConsoleDbContext>
        where TContext : LagoConsoleDbContext
    {
        public LagoConsoleDbContext CreateDbContext() => inner.CreateDbContext();

        public async Task<LagoConsoleDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default) =>
            await inner.CreateDbContextAsync(cancellationToken);
    }
}
