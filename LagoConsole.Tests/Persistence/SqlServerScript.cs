using LagoConsole.Core.Persistence.SqlServer;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using Xunit;

namespace LagoConsole.Tests.Persistence;

/// <summary>A column as SQL Server would be told it.</summary>
/// <param name="Type">In lower case with its size, for example <c>nvarchar(255)</c>.</param>
internal sealed record SqlColumn(string Table, string Name, string Type, string? Collation)
{
    public override string ToString() => $"{Table}.{Name}";
}

/// <summary>An index or a primary key.</summary>
/// <param name="Filter">Which rows it covers; null for all.</param>
internal sealed record SqlIndex(string Table, IReadOnlyList<string> Columns, bool IsUnique, bool IsClustered, string? Filter)
{
    public override string ToString() => $"{Table}({string.Join(", ", Columns)}){(Filter is null ? "" : $" where {Filter}")}";
}

internal sealed record SqlForeignKey(string Table, string Principal, DeleteUpdateAction OnDelete, DeleteUpdateAction OnUpdate);

/// <summary>What the console tells SQL Server, taken apart by SQL Server's own parser. No server is needed.</summary>
internal sealed class SqlServerScript
{
    private SqlServerScript(string text)
    {
        TSqlFragment script = Parse(text);
        Reader reader = new();
        script.Accept(reader);
        Columns = reader.Columns;
        Indexes = reader.Indexes;
        ForeignKeys = reader.ForeignKeys;
    }

    public IReadOnlyList<SqlColumn> Columns { get; }

    public IReadOnlyList<SqlIndex> Indexes { get; }

    public IReadOnlyList<SqlForeignKey> ForeignKeys { get; }

    public static SqlServerLagoConsoleDbContext Context() => new(
        new DbContextOptionsBuilder<SqlServerLagoConsoleDbContext>().UseSqlServer("Server=never-contacted").Options);

    /// <summary>The tables of the model as it is now.</summary>
    public static SqlServerScript OfModel()
    {
        using SqlServerLagoConsoleDbContext db = Context();
        return new SqlServerScript(db.Database.GenerateCreateScript());
    }

    /// <summary>All migrations, as an administrator runs them on a database of any version.</summary>
    public static SqlServerScript OfMigrations()
    {
        using SqlServerLagoConsoleDbContext db = Context();
        return new SqlServerScript(db.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent));
    }

    private static TSqlFragment Parse(string text)
    {
        TSqlFragment script = new TSql160Parser(initialQuotedIdentifiers: true, SqlEngineType.All)
            .Parse(new StringReader(text), out IList<ParseError> errors);
        Assert.True(errors.Count == 0, string.Join(Environment.NewLine, errors.Select(error => $"Line {error.Line}: {error.Message}")));
        return script;
    }

    private sealed class Reader : TSqlFragmentVisitor
    {
        public List<SqlColumn> Columns { get; } = [];

        public List<SqlIndex> Indexes { get; } = [];

        public List<SqlForeignKey> ForeignKeys { get; } = [];

        public override void Visit(CreateTableStatement node)
        {
            string table = node.SchemaObjectName.BaseIdentifier.Value;
            Columns.AddRange(node.Definition.ColumnDefinitions.Select(column => new SqlColumn(
                table, column.ColumnIdentifier.Value, TypeOf(column), column.Collation?.Value)));
            Indexes.AddRange(node.Definition.TableConstraints.OfType<UniqueConstraintDefinition>().Select(key => new SqlIndex(
                table, NamesOf(key.Columns), IsUnique: true, IsClustered: key.IsPrimaryKey && key.Clustered != false, Filter: null)));
            ForeignKeys.AddRange(node.Definition.TableConstraints.OfType<ForeignKeyConstraintDefinition>().Select(key => new SqlForeignKey(
                table, key.ReferenceTableName.BaseIdentifier.Value, key.DeleteAction, key.UpdateAction)));
        }

        public override void Visit(CreateIndexStatement node) => Indexes.Add(new SqlIndex(
            node.OnName.BaseIdentifier.Value, NamesOf(node.Columns), node.Unique, node.Clustered == true, TextOf(node.FilterPredicate)));

        /// <summary>
        /// An idempotent script hides filtered indexes in <c>EXEC(N'…')</c>: what is inside must parse too. Where a variable
        /// is put in, it holds the name of a constraint.
        /// </summary>
        public override void Visit(ExecutableStringList node) =>
            Parse(string.Concat(node.Strings.Select(part => part is StringLiteral literal ? literal.Value : "name"))).Accept(this);

        private static List<string> NamesOf(IEnumerable<ColumnWithSortOrder> columns) =>
            [.. columns.Select(column => column.Column.MultiPartIdentifier.Identifiers[^1].Value)];

        private static string TypeOf(ColumnDefinition column)
        {
            ParameterizedDataTypeReference type = Assert.IsType<ParameterizedDataTypeReference>(column.DataType, exactMatch: false);
            string name = type.Name.BaseIdentifier.Value.ToLowerInvariant();
            return type.Parameters.Count == 0
                ? name
                : $"{name}({string.Join(',', type.Parameters.Select(size => size.Value.ToLowerInvariant()))})";
        }

        private static string? TextOf(TSqlFragment? node) => node is null
            ? null
            : string.Concat(node.ScriptTokenStream.Skip(node.FirstTokenIndex)
                .Take(node.LastTokenIndex - node.FirstTokenIndex + 1).Select(token => token.Text));
    }
}
