using LagoConsole.Core.Persistence.Sqlite;
using LagoConsole.Core.Persistence.SqlServer;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

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
            services.AddPooledDbContextFactory<SqlServerLagoConsoleDbContext>(options => options.UseSqlServer(chosen.ConnectionString));
            services.AddSingleton<IDbContextFactory<LagoConsoleDbContext>, Factory<SqlServerLagoConsoleDbContext>>();
            keys.PersistKeysToDbContext<SqlServerLagoConsoleDbContext>();
        }
        else
        {
            services.AddPooledDbContextFactory<SqliteLagoConsoleDbContext>(
                options => options.UseConsoleSqlite(chosen.SqliteConnectionString).AddInterceptors(new SqlitePragmas()));
            services.AddSingleton<IDbContextFactory<LagoConsoleDbContext>, Factory<SqliteLagoConsoleDbContext>>();
            keys.PersistKeysToDbContext<SqliteLagoConsoleDbContext>();
        }

        return services;
    }

    /// <summary>Brings the database to this version. Runs before the host starts, so that nothing meets an old table.</summary>
    public static async Task MigrateDatabaseAsync(this IServiceProvider services, CancellationToken cancellationToken = default)
    {
        DatabaseOptions options = services.GetRequiredService<Microsoft.Extensions.Options.IOptions<DatabaseOptions>>().Value;
        if (options.Provider == DatabaseProvider.Sqlite)
        {
            Directory.CreateDirectory(Path.GetFullPath(options.DataFolder));
        }

        await using LagoConsoleDbContext db = await services
            .GetRequiredService<IDbContextFactory<LagoConsoleDbContext>>().CreateDbContextAsync(cancellationToken);
        await db.Database.MigrateAsync(cancellationToken);
        if (options.Provider == DatabaseProvider.SqlServer)
        {
            await db.Database.ExecuteSqlRawAsync(SqlServerLagoConsoleDbContext.AllowViews, cancellationToken);
        }
    }

    /// <summary>Lets the rest of the console ask for the model without knowing the provider.</summary>
    private sealed class Factory<TContext>(IDbContextFactory<TContext> inner) : IDbContextFactory<LagoConsoleDbContext>
        where TContext : LagoConsoleDbContext
    {
        public LagoConsoleDbContext CreateDbContext() => inner.CreateDbContext();

        public async Task<LagoConsoleDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default) =>
            await inner.CreateDbContextAsync(cancellationToken);
    }
}
