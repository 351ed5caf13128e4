using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Polling;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace LagoConsole.Core.Persistence.Sqlite;

/// <summary>
/// What an hourly poll writes most of (snapshots, increments and raised marks), each by a statement that is prepared once for all rows
/// of a save: EF Core's SQLite provider makes a command for each row. Columns, values and conditions come from EF Core's model, so that
/// the rows are the same; SQL Server's provider sends many rows at once by itself.
/// </summary>
internal sealed class SqliteRows : IManyRows
{
    private static readonly ConcurrentDictionary<IEntityType, Table> Tables = new();

    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _transaction;
    private readonly List<(Table Table, object?[] Values)> _added = [];
    private readonly List<(Table Table, string Changed, object?[] Values, EntityEntry Entry)> _raised = [];

    private SqliteRows(LagoConsoleDbContext db)
    {
        _connection = (SqliteConnection)db.Database.GetDbConnection();
        _transaction = (SqliteTransaction)db.Database.CurrentTransaction!.GetDbTransaction();
    }

    /// <summary>Null where nothing of the kind is to be saved.</summary>
    public static SqliteRows? Take(LagoConsoleDbContext db, IReadOnlyCollection<EntityEntry> changed)
    {
        SqliteRows rows = new(db);
        foreach (EntityEntry entry in changed)
        {
            switch (entry)
            {
                case { State: EntityState.Added, Entity: UsageSnapshot or UsageIncrement }:
                    rows.TakeAdded(entry);
                    break;
                case { State: EntityState.Modified, Entity: HighWaterMark }:
                    rows.TakeRaised(entry);
                    break;
            }
        }

        return rows._added.Count + rows._raised.Count > 0 ? rows : null;
    }

    public async Task<int> WriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await InsertAsync(cancellationToken);
            await UpdateAsync(cancellationToken);
        }
        catch (SqliteException refused)
        {
            throw new DbUpdateException("A row could not be written: see the inner exception.", refused);
        }

        return _added.Count + _raised.Count;
    }

    private void TakeAdded(EntityEntry entry)
    {
        Table table = TableOf(entry.Metadata);
        _added.Add((table, [.. table.Inserted.Select(column => column.ToStored(entry.CurrentValues[column.Property]))]));
        entry.State = table.HasOwnNumber ? EntityState.Detached : EntityState.Unchanged; // whose number the database gives, nobody refers to
    }

    /// <summary>The changed columns, and then the condition: the key, and what makes the update conditional, as it was read.</summary>
    private void TakeRaised(EntityEntry entry)
    {
        Table table = TableOf(entry.Metadata);
        List<Column> changed = [.. table.All.Where(column => entry.Property(column.Property).IsModified)];
        string set = string.Join(", ", changed.Select((column, number) => string.Create(CultureInfo.InvariantCulture, $"{column.Name} = ${number}")));
        _raised.Add((
            table, set,
            [.. changed.Select(column => column.ToStored(entry.CurrentValues[column.Property])), .. table.Condition.Select(column => column.ToStored(entry.OriginalValues[column.Property]))],
            entry));
        entry.OriginalValues.SetValues(entry.CurrentValues);
        entry.State = EntityState.Unchanged;
    }

    private async Task InsertAsync(CancellationToken cancellationToken)
    {
        foreach (IGrouping<Table, object?[]> ofTable in _added.GroupBy(row => row.Table, row => row.Values))
        {
            await using SqliteCommand insert = Prepare(ofTable.Key.Insert, ofTable.Key.Inserted.Count);
            foreach (object?[] values in ofTable)
            {
                Bind(insert, values);
                await insert.ExecuteNonQueryAsync(cancellationToken);
            }
        }
    }

    private async Task UpdateAsync(CancellationToken cancellationToken)
    {
        foreach (var alike in _raised.GroupBy(row => (row.Table, row.Changed)))
        {
            (Table table, string set) = alike.Key;
            int values = alike.First().Values.Length;
            int first = values - table.Condition.Count;
            string condition = string.Join(
                " AND ", table.Condition.Select((column, number) => string.Create(CultureInfo.InvariantCulture, $"{column.Name} = ${first + number}")));
            await using SqliteCommand update = Prepare($"UPDATE {table.Name} SET {set} WHERE {condition}", values);
            foreach ((_, _, object?[] row, EntityEntry entry) in alike)
            {
                Bind(update, row);
                if (await update.ExecuteNonQueryAsync(cancellationToken) != 1)
                {
                    throw new DbUpdateConcurrencyException($"{entry.Metadata.ShortName()} was changed by somebody else since it was read: nothing was written.");
                }
            }
        }
    }

    private SqliteCommand Prepare(string sql, int parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.Transaction = _transaction;
#pragma warning disable CA2100 // names of the model's own tables and columns; every value is a parameter
        command.CommandText = sql;
#pragma warning restore CA2100
        for (int number = 0; number < parameters; number++)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = string.Create(CultureInfo.InvariantCulture, $"${number}");
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private static void Bind(SqliteCommand command, object?[] values)
    {
        for (int number = 0; number < values.Length; number++)
        {
            command.Parameters[number].Value = values[number] ?? DBNull.Value;
        }
    }

    private static Table TableOf(IEntityType type) => Tables.GetOrAdd(type, static one => new Table(one));

    /// <summary>A table as the model has it.</summary>
    private sealed class Table
    {
        public Table(IEntityType type)
        {
            StoreObjectIdentifier store = StoreObjectIdentifier.Create(type, StoreObjectType.Table)!.Value;
            Name = Quote(store.Name);
            All = [.. type.GetProperties().Select(property => new Column(property, Quote(property.GetColumnName(store)!), property.GetTypeMapping().Converter))];
            HasOwnNumber = All.Any(column => column.IsOwnNumber);
            Inserted = [.. All.Where(column => !column.IsOwnNumber)];
            Condition = [.. All.Where(column => column.Property.IsPrimaryKey() || column.Property.IsConcurrencyToken)];
            Insert = $"INSERT INTO {Name} ({string.Join(", ", Inserted.Select(column => column.Name))}) VALUES ({string.Join(", ", Inserted.Select((_, number) => string.Create(CultureInfo.InvariantCulture, $"${number}")))})";
        }

        public string Name { get; }

        public string Insert { get; }

        public IReadOnlyList<Column> All { get; }

        public IReadOnlyList<Column> Inserted { get; }

        /// <summary>What an update is conditional on.</summary>
        public IReadOnlyList<Column> Condition { get; }

        public bool HasOwnNumber { get; }

        private static string Quote(string name) => $"\"{name}\"";
    }

    private sealed record Column(IProperty Property, string Name, ValueConverter? Converter)
    {
        public bool IsOwnNumber => Property.ValueGenerated == ValueGenerated.OnAdd && Property.IsPrimaryKey();

        public object? ToStored(object? value) => value is null || Converter is null ? value : Converter.ConvertToProvider(value);
    }
}
