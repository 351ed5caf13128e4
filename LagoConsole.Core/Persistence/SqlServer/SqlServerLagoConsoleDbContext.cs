using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Metadata;

namespace LagoConsole.Core.Persistence.SqlServer;

/// <summary>Production: shared by several nodes.</summary>
public sealed class SqlServerLagoConsoleDbContext(DbContextOptions<SqlServerLagoConsoleDbContext> options) : LagoConsoleDbContext(options)
{
    /// <summary>Compares by code point: <c>Seats</c> and <c>seats</c> are two metrics, and so are an e and an é.</summary>
    public const string KeyCollation = "Latin1_General_100_BIN2";

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        foreach (IMutableProperty property in modelBuilder.Model.GetEntityTypes()
            .SelectMany(entity => entity.GetIndexes().Where(index => index.IsUnique).SelectMany(index => index.Properties)
                .Concat(entity.GetKeys().SelectMany(key => key.Properties)))
            .Where(property => property.ClrType == typeof(string)))
        {
            property.SetCollation(KeyCollation);
        }
    }
}

/// <summary>For the migrations tool only: no server is contacted.</summary>
internal sealed class SqlServerDesignTimeFactory : IDesignTimeDbContextFactory<SqlServerLagoConsoleDbContext>
{
    public SqlServerLagoConsoleDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqlServerLagoConsoleDbContext>().UseSqlServer("Server=design").Options);
}
