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
/// the rows are the same; SQL Server's provider sends many rows at once by itself. Not asynchronous: SQLite is in this process, and there
/// is nothing to wait for.
/// </summary>
/// <param name="connection">Open, and within a transaction.</param>
internal sealed class SqliteRows(SqliteConnection connection)
{
    private static readonly ConcurrentDictionary<IEntityType, Table> Tables = new();

    private sqlite3 Database => connection.Handle ?? throw new InvalidOperationException("The connection is not open.");

    /// <summary>Whether an entry of a save is one of these.</summary>
    public static bool Takes(IUpdateEntry entry) => entry.EntityState switch
    {
        EntityState.Added => entry.EntityType.ClrType == typeof(UsageSnapshot) || entry.EntityType.ClrType == typeof(UsageIncrement),
        EntityState.Modified => entry.EntityType.ClrType == typeof(HighWaterMark),
        _ => false,
    };

    /// <summary>Inserts and updates what EF Core has tracked.</summary>
    /// <exception cref="DbUpdateException">A row met a conflict, or could not be written.</exception>
    public void Write(IEnumerable<IUpdateEntry> entries, CancellationToken cancellationToken) => Each(
        entries,
        static entry => Of(entry.EntityType),
        static (table, entry) => entry.EntityState == EntityState.Added ? Table.AllOfIt : table.ChangedBy(entry),
        static (table, statement, entry, changed) => table.Bind(statement, entry, changed),
        (table, entry) =>
        {
            if (entry.EntityState == EntityState.Added && table.OwnNumber is { } number)
            {
                entry.SetStoreGeneratedValue(number, raw.sqlite3_last_insert_rowid(Database));
            }
        },
        cancellationToken);

    /// <summary>Inserts rows that EF Core does not know of.</summary>
    /// <exception cref="DbUpdateException">A row met a conflict, or could not be written.</exception>
    public void Insert(IEnumerable<object> rows, IModel model, CancellationToken cancellationToken) => Each(
        rows,
        row => Of(model.FindEntityType(row.GetType()) ?? throw new ArgumentException($"{row.GetType().Name} has no table.", nameof(rows))),
        static (_, _) => Table.AllOfIt,
        static (table, statement, row, _) => table.Bind(statement, row),
        static (_, _) => { },
        cancellationToken);

    private static Table Of(IEntityType type) => Tables.GetOrAdd(type, static one => new Table(one));

    /// <param name="columns">What of its table a row's statement writes.</param>
    /// <exception cref="InvalidOperationException">No transaction: none was begun, or SQLite took it back by itself after an error.</exception>
    private void Each<T>(
        IEnumerable<T> rows, Func<T, Table> tableOf, Func<Table, T, ulong> columns, Action<Table, sqlite3_stmt, T, ulong> bind, Action<Table, T> written,
        CancellationToken cancellationToken)
    {
        if (raw.sqlite3_get_autocommit(Database) != 0)
        {
            throw new InvalidOperationException("These rows are written within a transaction, and there is none: each would be committed alone.");
        }

        Dictionary<(Table Table, ulong Columns), sqlite3_stmt> prepared = [];
        try
        {
            foreach (T row in rows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Table table = tableOf(row);
                ulong changed = columns(table, row);
                if (!prepared.TryGetValue((table, changed), out sqlite3_stmt? statement))
                {
                    Check(raw.sqlite3_prepare_v2(Database, table.Statement(changed), out statement));
                    prepared.Add((table, changed), statement);
                }

                bind(table, statement, row, changed);
                int outcome = raw.sqlite3_step(statement);
                if (outcome != raw.SQLITE_DONE)
                {
                    Check(outcome);
                }

                if (raw.sqlite3_changes(Database) != 1)
                {
                    throw new DbUpdateConcurrencyException($"{table.What} was changed by somebody else since it was read: nothing was written.");
                }

                written(table, row);
                Check(raw.sqlite3_reset(statement));
            }
        }
        catch (SqliteException refused)
        {
            throw new DbUpdateException($"A row could not be written: {refused.Message}", refused);
        }
        finally
        {
            foreach (sqlite3_stmt statement in prepared.Values)
            {
                statement.Dispose();
            }
        }
    }

    /// <exception cref="SqliteException">It is the code of an error.</exception>
    private void Check(int outcome) => SqliteException.ThrowExceptionForRC(outcome, Database);

    /// <summary>A table as the model has it. Which of its columns a statement writes is a bit for each.</summary>
    private sealed class Table
    {
        /// <summary>An insert.</summary>
        public const ulong AllOfIt = ulong.MaxValue;

        private readonly string _name;
        private readonly Column[] _all;
        private readonly Column[] _inserted;
        private readonly Column[] _condition;

        public Table(IEntityType type)
        {
            StoreObjectIdentifier store = StoreObjectIdentifier.Create(type, StoreObjectType.Table)!.Value;
            _name = Quote(store.Name);
            _all = [.. type.GetProperties().Select(property => new Column(property, Quote(property.GetColumnName(store)!), property.GetTypeMapping().Converter))];
            if (_all.Length > 63)
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

        public ulong ChangedBy(IUpdateEntry entry)
        {
            ulong changed = 0;
            for (int number = 0; number < _all.Length; number++)
            {
                changed |= entry.IsModified(_all[number].Property) ? 1UL << number : 0;
            }

            return changed;
        }

        /// <summary>Made of names of the model's own tables and columns; every value is a parameter.</summary>
        public string Statement(ulong changed)
        {
            if (changed == AllOfIt)
            {
                return $"INSERT INTO {_name} ({string.Join(", ", _inserted.Select(column => column.Name))}) VALUES ({string.Join(", ", _inserted.Select(_ => "?"))})";
            }

            string values = string.Join(", ", _all.Where((_, number) => IsIn(changed, number)).Select(column => $"{column.Name} = ?"));
            string condition = string.Join(" AND ", _condition.Select(column => $"{column.Name} = ?"));
            return $"UPDATE {_name} SET {values} WHERE {condition}";
        }

        /// <summary>What is written, and of an update then the condition: the key, and what makes it conditional, as it was read.</summary>
        public void Bind(sqlite3_stmt statement, IUpdateEntry entry, ulong changed)
        {
            int parameter = 0;
            if (changed == AllOfIt)
            {
                foreach (Column column in _inserted)
                {
                    column.Bind(statement, ++parameter, entry.GetCurrentValue(column.Property));
                }

                return;
            }

            for (int number = 0; number < _all.Length; number++)
            {
                if (IsIn(changed, number))
                {
                    _all[number].Bind(statement, ++parameter, entry.GetCurrentValue(_all[number].Property));
                }
            }

            foreach (Column column in _condition)
            {
                column.Bind(statement, ++parameter, entry.GetOriginalValue(column.Property));
            }
        }

        /// <summary>An insert of a row that is not tracked.</summary>
        public void Bind(sqlite3_stmt statement, object row)
        {
            int parameter = 0;
            foreach (Column column in _inserted)
            {
                column.Bind(statement, ++parameter, column.Getter.GetClrValue(row));
            }
        }

        private static bool IsIn(ulong changed, int number) => (changed >> number & 1) == 1;

        private static string Quote(string name) => $"\"{name}\"";
    }

    /// <summary>Its values are stored as <see cref="SqliteParameter"/> stores them, without one of these for each value.</summary>
    private sealed class Column(IProperty property, string name, ValueConverter? converter)
    {
        private const int GuidLength = 36;

        public IProperty Property => property;

        public string Name => name;

        public IClrPropertyGetter Getter { get; } = property.GetGetter();

        public void Bind(sqlite3_stmt statement, int parameter, object? value)
        {
            int outcome = (value is null || converter is null ? value : converter.ConvertToProvider(value)) switch
            {
                null => raw.sqlite3_bind_null(statement, parameter),
                string text => raw.sqlite3_bind_text(statement, parameter, text),
                long number => raw.sqlite3_bind_int64(statement, parameter, number),
                int number => raw.sqlite3_bind_int64(statement, parameter, number),
                bool flag => raw.sqlite3_bind_int64(statement, parameter, flag ? 1 : 0),
                Guid id => BindGuid(statement, parameter, id),
                decimal amount => raw.sqlite3_bind_text(statement, parameter, amount.ToString("0.0###########################", CultureInfo.InvariantCulture)),
                byte[] bytes => raw.sqlite3_bind_blob(statement, parameter, bytes),
                { } other => throw new NotSupportedException($"{Name} has a {other.GetType().Name}, which is not written here yet."),
            };
            if (outcome != raw.SQLITE_OK)
            {
                throw new SqliteException($"{Name} could not be given to SQLite.", outcome);
            }
        }

        private static int BindGuid(sqlite3_stmt statement, int parameter, Guid id)
        {
            Span<byte> text = stackalloc byte[GuidLength];
            id.TryFormat(text, out _);
            for (int place = 0; place < GuidLength; place++)
            {
                text[place] = text[place] >= (byte)'a' ? (byte)(text[place] - ('a' - 'A')) : text[place]; // upper case, as all ids are
            }

            return raw.sqlite3_bind_text(statement, parameter, text);
        }
    }
}
