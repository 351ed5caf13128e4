using System.Collections.Concurrent;
using System.Globalization;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Polling;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Microsoft.EntityFrameworkCore.Update;
using SQLitePCL;

namespace LagoConsole.Core.Persistence.Sqlite;

/// <summary>
/// What an hourly poll writes most of (snapshots, increments and raised marks), each by a statement that is prepared once for all rows
/// of a save: EF Core's SQLite provider makes a command for each row. Columns, values and conditions come from EF Core's model, so that
/// the rows are the same; SQL Server's provider sends many rows at once by itself.
/// </summary>
internal sealed class SqliteRows(SqliteConnection connection, SqliteTransaction transaction)
{
    private static readonly ConcurrentDictionary<IEntityType, Table> Tables = new();

    /// <summary>Whether an entry of a save is one of these.</summary>
    public static bool Takes(IUpdateEntry entry) => entry.EntityState switch
    {
        EntityState.Added => entry.EntityType.ClrType == typeof(UsageSnapshot) || entry.EntityType.ClrType == typeof(UsageIncrement),
        EntityState.Modified => entry.EntityType.ClrType == typeof(HighWaterMark),
        _ => false,
    };

    /// <summary>Inserts and updates what EF Core has tracked.</summary>
    /// <exception cref="DbUpdateException">A row met a conflict, or could not be written.</exception>
    public Task WriteAsync(IEnumerable<IUpdateEntry> entries, CancellationToken cancellationToken) => EachAsync(
        entries,
        static entry => Of(entry.EntityType),
        static (table, entry) => entry.EntityState == EntityState.Added ? Table.AllOfIt : table.ChangedBy(entry),
        static (table, command, entry, changed) => table.Bind(command, entry, changed),
        (table, entry) =>
        {
            if (entry.EntityState == EntityState.Added && table.OwnNumber is { } number)
            {
                entry.SetStoreGeneratedValue(number, raw.sqlite3_last_insert_rowid(connection.Handle));
            }
        },
        cancellationToken);

    /// <summary>Inserts rows that EF Core does not know of.</summary>
    /// <exception cref="DbUpdateException">A row met a conflict, or could not be written.</exception>
    public Task InsertAsync(IEnumerable<object> rows, IModel model, CancellationToken cancellationToken) => EachAsync(
        rows,
        row => Of(model.FindEntityType(row.GetType()) ?? throw new ArgumentException($"{row.GetType().Name} has no table.", nameof(rows))),
        static (_, _) => Table.AllOfIt,
        static (table, command, row, _) => table.Bind(command, row),
        static (_, _) => { },
        cancellationToken);

    private static Table Of(IEntityType type) => Tables.GetOrAdd(type, static one => new Table(one));

    /// <param name="columns">What of its table a row's statement writes.</param>
    private async Task EachAsync<T>(
        IEnumerable<T> rows, Func<T, Table> tableOf, Func<Table, T, ulong> columns, Action<Table, SqliteCommand, T, ulong> bind, Action<Table, T> written,
        CancellationToken cancellationToken)
    {
        Dictionary<(Table Table, ulong Columns), SqliteCommand> prepared = [];
        try
        {
            foreach (T row in rows)
            {
                Table table = tableOf(row);
                ulong changed = columns(table, row);
                if (!prepared.TryGetValue((table, changed), out SqliteCommand? command))
                {
                    prepared.Add((table, changed), command = Prepare(table, changed));
                }

                bind(table, command, row, changed);
                if (await command.ExecuteNonQueryAsync(cancellationToken) != 1)
                {
                    throw new DbUpdateConcurrencyException($"{table.What} was changed by somebody else since it was read: nothing was written.");
                }

                written(table, row);
            }
        }
        catch (SqliteException refused)
        {
            throw new DbUpdateException($"A row could not be written: {refused.Message}", refused);
        }
        finally
        {
            foreach (SqliteCommand command in prepared.Values)
            {
                await command.DisposeAsync();
            }
        }
    }

    private SqliteCommand Prepare(Table table, ulong changed)
    {
        (string sql, int parameters) = table.Statement(changed);
        SqliteCommand command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // names of the model's own tables and columns; every value is a parameter
        command.CommandText = sql;
#pragma warning restore CA2100
        for (int number = 0; number < parameters; number++)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = Table.Parameter(number) });
        }

        return command;
    }

    /// <summary>A table as the model has it. Which of its columns a statement writes is a bit for each.</summary>
    private sealed class Table
    {
        /// <summary>An insert.</summary>
        public const ulong AllOfIt = ulong.MaxValue;

        private readonly string _name;
        private readonly IReadOnlyList<Column> _all;
        private readonly IReadOnlyList<Column> _inserted;
        private readonly IReadOnlyList<Column> _condition;

        public Table(IEntityType type)
        {
            StoreObjectIdentifier store = StoreObjectIdentifier.Create(type, StoreObjectType.Table)!.Value;
            _name = Quote(store.Name);
            _all = [.. type.GetProperties().Select(property => new Column(property, Quote(property.GetColumnName(store)!), property.GetTypeMapping().Converter))];
            if (_all.Count > 63)
            {
                throw new NotSupportedException($"{_name} has more columns than there are bits for.");
            }

            What = type.ShortName();
            OwnNumber = _all.Select(column => column.Property).SingleOrDefault(property => property.ValueGenerated == ValueGenerated.OnAdd && property.IsPrimaryKey());
            _inserted = [.. _all.Where(column => column.Property != OwnNumber)];
            _condition = [.. _all.Where(column => column.Property.IsPrimaryKey() || column.Property.IsConcurrencyToken)];
        }

        public string What { get; }

        /// <summary>The key that the database counts up by itself.</summary>
        public IProperty? OwnNumber { get; }

        public static string Parameter(int number) => string.Create(CultureInfo.InvariantCulture, $"${number}");

        public ulong ChangedBy(IUpdateEntry entry)
        {
            ulong changed = 0;
            for (int number = 0; number < _all.Count; number++)
            {
                changed |= entry.IsModified(_all[number].Property) ? 1UL << number : 0;
            }

            return changed;
        }

        public (string Sql, int Parameters) Statement(ulong changed)
        {
            if (changed == AllOfIt)
            {
                return (
                    $"INSERT INTO {_name} ({string.Join(", ", _inserted.Select(column => column.Name))}) VALUES ({string.Join(", ", _inserted.Select((_, number) => Parameter(number)))})",
                    _inserted.Count);
            }

            List<Column> set = [.. Of(changed)];
            string values = string.Join(", ", set.Select((column, number) => $"{column.Name} = {Parameter(number)}"));
            string condition = string.Join(" AND ", _condition.Select((column, number) => $"{column.Name} = {Parameter(set.Count + number)}"));
            return ($"UPDATE {_name} SET {values} WHERE {condition}", set.Count + _condition.Count);
        }

        /// <summary>What is written, and of an update then the condition: the key, and what makes it conditional, as it was read.</summary>
        public void Bind(SqliteCommand command, IUpdateEntry entry, ulong changed)
        {
            int number = 0;
            foreach (Column column in changed == AllOfIt ? _inserted : Of(changed))
            {
                command.Parameters[number++].Value = column.ToStored(entry.GetCurrentValue(column.Property)) ?? DBNull.Value;
            }

            foreach (Column column in changed == AllOfIt ? [] : _condition)
            {
                command.Parameters[number++].Value = column.ToStored(entry.GetOriginalValue(column.Property)) ?? DBNull.Value;
            }
        }

        /// <summary>An insert of a row that is not tracked.</summary>
        public void Bind(SqliteCommand command, object row)
        {
            for (int number = 0; number < _inserted.Count; number++)
            {
                Column column = _inserted[number];
                command.Parameters[number].Value = column.ToStored(column.Property.GetGetter().GetClrValue(row)) ?? DBNull.Value;
            }
        }

        private IEnumerable<Column> Of(ulong changed) => _all.Where((_, number) => (changed >> number & 1) == 1);

        private static string Quote(string name) => $"\"{name}\"";
    }

    private sealed record Column(IProperty Property, string Name, ValueConverter? Converter)
    {
        public object? ToStored(object? value) => value is null || Converter is null ? value : Converter.ConvertToProvider(value);
    }
}
