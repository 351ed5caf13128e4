using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;

namespace LagoConsole.Core.Persistence.Sqlite;

/// <summary>EF Core's way to the database. Within a transaction, what there may be very much of goes by <see cref="SqliteRows"/>.</summary>
internal sealed class SqliteDatabase(DatabaseDependencies dependencies, RelationalDatabaseDependencies relationalDependencies)
    : RelationalDatabase(dependencies, relationalDependencies)
{
    public override async Task<int> SaveChangesAsync(IList<IUpdateEntry> entries, CancellationToken cancellationToken = default)
    {
        if (RelationalDependencies.Connection is not { CurrentTransaction: not null } connection)
        {
            return await base.SaveChangesAsync(entries, cancellationToken);
        }

        ILookup<bool, IUpdateEntry> many = entries.ToLookup(SqliteRows.Takes);
        int saved = many.Contains(false) ? await base.SaveChangesAsync([.. many[false]], cancellationToken) : 0;
        if (many.Contains(true)) // they refer to what is saved by now
        {
            new SqliteRows((SqliteConnection)connection.DbConnection).Write(many[true], cancellationToken);
        }

        return saved + many[true].Count();
    }
}
