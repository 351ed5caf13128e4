using System.Data;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Buyers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Metadata;

namespace LagoConsole.Core.Persistence.SqlServer;

/// <summary>Production: shared by several nodes.</summary>
public sealed class SqlServerLagoConsoleDbContext(DbContextOptions<SqlServerLagoConsoleDbContext> options) : LagoConsoleDbContext(options)
{
    /// <summary>Compares by code point: <c>Seats</c> and <c>seats</c> are two metrics, and so are an e and an é.</summary>
    public const string KeyCollation = "Latin1_General_100_BIN2";

    /// <summary>Any other isolation either shows a database that changes meanwhile, or makes writers wait.</summary>
    internal override Task BeginViewAsync(CancellationToken cancellationToken) =>
        Database.BeginTransactionAsync(IsolationLevel.Snapshot, cancellationToken);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);

        // All text, not only the keys: a key's copies (a snapshot's metric code, a record's batch key) decide about money
        // too, two collations cannot be compared with each other, and SQLite compares all text this way.
        foreach (IMutableProperty property in modelBuilder.Model.GetEntityTypes()
            .SelectMany(entity => entity.GetProperties()).Where(property => (property.ClrType == typeof(string) && !IsSearched(property)) || IsNameInKey(property)))
        {
            property.SetCollation(KeyCollation);
        }
    }

    /// <summary>The name of an enum's member that is part of a business key.</summary>
    private static bool IsNameInKey(IMutableProperty property) =>
        property.GetProviderClrType() == typeof(string) && property.GetContainingIndexes().Any(index => index.IsUnique);

    /// <summary>Words for people, never compared for money: who looks for <c>acme</c> finds <c>Acme</c>, as on SQLite.</summary>
    private static bool IsSearched(IMutableProperty property) =>
        (property.DeclaringType.ClrType == typeof(Buyer) && (property.Name is nameof(Buyer.Name) or nameof(Buyer.Email)))
        || (property.DeclaringType.ClrType == typeof(AuditEntry) && (property.Name is nameof(AuditEntry.Actor) or nameof(AuditEntry.Action)
            or nameof(AuditEntry.SubjectType) or nameof(AuditEntry.SubjectId) or nameof(AuditEntry.Note)));
}

/// <summary>For the migrations tool only: no server is contacted.</summary>
internal sealed class SqlServerDesignTimeFactory : IDesignTimeDbContextFactory<SqlServerLagoConsoleDbContext>
{
    public SqlServerLagoConsoleDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqlServerLagoConsoleDbContext>().UseSqlServer("Server=design").Options);
}
