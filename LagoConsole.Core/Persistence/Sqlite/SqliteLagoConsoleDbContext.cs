using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace LagoConsole.Core.Persistence.Sqlite;

/// <summary>The embedded default: one file in the data folder.</summary>
public sealed class SqliteLagoConsoleDbContext(DbContextOptions<SqliteLagoConsoleDbContext> options) : LagoConsoleDbContext(options)
{
    /// <summary>Deferred: EF Core's own transactions take the one place of the writer at once, and would hold it to the end.</summary>
    internal override async Task BeginViewAsync(CancellationToken cancellationToken)
    {
        await Database.OpenConnectionAsync(cancellationToken);
        await Database.UseTransactionAsync(((SqliteConnection)Database.GetDbConnection()).BeginTransaction(deferred: true), cancellationToken);
    }

    internal override IManyRows? TakeMany(IReadOnlyCollection<EntityEntry> changed) => SqliteRows.Take(this, changed);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // SQLite has no instant type: kept as UTC ticks, so that ordering and comparing happen in the database.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicksConverter>();
    }

    private sealed class UtcTicksConverter() : ValueConverter<DateTimeOffset, long>(
        instant => instant.UtcTicks,
        ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
}

/// <summary>For the migrations tool only.</summary>
internal sealed class SqliteDesignTimeFactory : IDesignTimeDbContextFactory<SqliteLagoConsoleDbContext>
{
    public SqliteLagoConsoleDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteLagoConsoleDbContext>().UseSqlite("Data Source=design.db").Options);
}
