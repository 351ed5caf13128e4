using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace LagoConsole.Core.Persistence.Sqlite;

/// <summary>The embedded default: one file in the data folder.</summary>
public sealed class SqliteLagoConsoleDbContext(DbContextOptions<SqliteLagoConsoleDbContext> options) : LagoConsoleDbContext(options)
{
    private (IDbContextTransaction? Of, List<object> Rows) _unseen = (null, []);

    /// <summary>Deferred: EF Core's own transactions take the one place of the writer at once, and would hold it to the end.</summary>
    internal override async Task BeginViewAsync(CancellationToken cancellationToken)
    {
        await Database.OpenConnectionAsync(cancellationToken);
        await Database.UseTransactionAsync(((SqliteConnection)Database.GetDbConnection()).BeginTransaction(deferred: true), cancellationToken);
    }

    internal override void AddUnseen(object row)
    {
        IDbContextTransaction transaction = Database.CurrentTransaction ?? throw new InvalidOperationException("Rows that nobody looks at again are written within a transaction.");
        if (_unseen.Of != transaction)
        {
            _unseen = (transaction, []);
        }

        _unseen.Rows.Add(row);
    }

    private protected override Task<int> WriteUnseenAsync(CancellationToken cancellationToken)
    {
        (IDbContextTransaction? transaction, List<object> rows) = _unseen;
        _unseen = (null, []);
        if (transaction is null || transaction != Database.CurrentTransaction)
        {
            return Task.FromResult(0); // what another transaction was to write has ended with it: contexts are used again
        }

        new SqliteRows((SqliteConnection)Database.GetDbConnection()).Insert(rows, Model, cancellationToken);
        return Task.FromResult(rows.Count);
    }

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
