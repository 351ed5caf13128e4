using Microsoft.SqlServer.Dac.Model;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using Xunit;
using SqlServerVersion = Microsoft.SqlServer.Dac.Model.SqlServerVersion;

namespace LagoConsole.Tests.Persistence;

/// <summary>
/// What SQL Server would have after the statements that it is told: tables changed one statement after another, as a server
/// does, then built into the model of SQL Server's own tools, which finds what points nowhere. No server is needed.
/// </summary>
internal sealed class SqlServerTables
{
    private readonly Dictionary<string, CreateTableStatement> _tables = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, TSqlStatement> _others = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Statements that change rows: each is held against the tables of its moment.</summary>
    private readonly List<string> _problems = [];

    /// <summary>What could not be true on a server; empty where all is well.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Tables with their columns, types and what may be null; one a line.</summary>
    public IReadOnlyList<string> Columns => [.. _tables.Values
        .SelectMany(table => table.Definition.ColumnDefinitions.Select(column =>
            $"{NameOf(table)}.{column.ColumnIdentifier.Value} {TextOf(column.DataType)} {column.Collation?.Value}{(IsRequired(table, column) ? " not null" : "")}"))
        .Order(StringComparer.Ordinal)];

    /// <summary>Indexes and foreign keys; one a line.</summary>
    public IReadOnlyList<string> Others => [.. _others.Values.Select(TextOf)
        .Concat(_tables.Values.SelectMany(table => table.Definition.TableConstraints.Select(constraint => $"{NameOf(table)}: {TextOf(constraint)}")))
        .Order(StringComparer.Ordinal)];

    public int Count => _tables.Count;

    /// <summary>Takes the statements of a script in their order; what is inside an <c>IF</c> or an <c>EXEC(N'…')</c> too.</summary>
    public void Apply(string script) => Parse(script).Accept(new Reader(this));

    /// <summary>Builds the model; what it finds joins <see cref="Problems"/>.</summary>
    public void Validate()
    {
        using TSqlModel model = Build();
        _problems.AddRange(model.Validate().Select(message => message.ToString()));
    }

    private static TSqlFragment Parse(string text)
    {
        TSqlFragment script = new TSql160Parser(initialQuotedIdentifiers: true, SqlEngineType.All).Parse(new StringReader(text), out IList<ParseError> errors);
        Assert.True(errors.Count == 0, $"{string.Join(Environment.NewLine, errors.Select(error => $"Line {error.Line}: {error.Message}"))} in: {text}");
        return script;
    }

    private static string TextOf(TSqlFragment fragment)
    {
        new Sql160ScriptGenerator(new SqlScriptGeneratorOptions { IncludeSemicolons = true }).GenerateScript(fragment, out string text);
        return string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static string NameOf(CreateTableStatement table) => table.SchemaObjectName.BaseIdentifier.Value;

    private static bool IsRequired(CreateTableStatement table, ColumnDefinition column) =>
        column.Constraints.OfType<NullableConstraintDefinition>().Any(constraint => !constraint.Nullable)
        || table.Definition.TableConstraints.OfType<UniqueConstraintDefinition>().Any(key => key.IsPrimaryKey
            && key.Columns.Any(part => part.Column.MultiPartIdentifier.Identifiers[^1].Value == column.ColumnIdentifier.Value));

    private TSqlModel Build(TSqlStatement? rows = null)
    {
        TSqlModel model = new(SqlServerVersion.Sql160, new TSqlModelOptions());
        int number = 0;
        foreach (TSqlStatement statement in _tables.Values.Concat(_others.Values))
        {
            model.AddOrUpdateObjects(TextOf(statement), $"{number++}.sql", new TSqlObjectOptions());
        }

        if (rows is not null)
        {
            model.AddOrUpdateObjects($"CREATE PROCEDURE Rows AS {TextOf(rows)}", "rows.sql", new TSqlObjectOptions());
        }

        return model;
    }

    private CreateTableStatement Table(SchemaObjectName name, TSqlFragment statement) =>
        _tables.TryGetValue(name.BaseIdentifier.Value, out CreateTableStatement? table)
            ? table
            : throw new InvalidOperationException($"There is no table {name.BaseIdentifier.Value} at: {TextOf(statement)}");

    private sealed class Reader(SqlServerTables tables) : TSqlFragmentVisitor
    {
        public override void ExplicitVisit(CreateTableStatement node)
        {
            if (!tables._tables.TryAdd(NameOf(node), node))
            {
                tables._problems.Add($"The table {NameOf(node)} is made twice.");
            }
        }

        public override void ExplicitVisit(CreateIndexStatement node)
        {
            if (!tables._others.TryAdd($"{node.OnName.BaseIdentifier.Value}.{node.Name.Value}", node))
            {
                tables._problems.Add($"The index {node.Name.Value} is made twice.");
            }
        }

        public override void ExplicitVisit(DropIndexStatement node)
        {
            foreach (DropIndexClause clause in node.DropIndexClauses.Cast<DropIndexClause>())
            {
                if (!tables._others.Remove($"{clause.Object.BaseIdentifier.Value}.{clause.Index.Value}"))
                {
                    tables._problems.Add($"There is no index to drop: {TextOf(node)}");
                }
            }
        }

        public override void ExplicitVisit(AlterTableAddTableElementStatement node)
        {
            CreateTableStatement table = tables.Table(node.SchemaObjectName, node);
            foreach (ColumnDefinition column in node.Definition.ColumnDefinitions)
            {
                table.Definition.ColumnDefinitions.Add(column);
            }

            foreach (ConstraintDefinition constraint in node.Definition.TableConstraints)
            {
                table.Definition.TableConstraints.Add(constraint);
            }
        }

        public override void ExplicitVisit(AlterTableAlterColumnStatement node)
        {
            ColumnDefinition column = tables.Table(node.SchemaObjectName, node).Definition.ColumnDefinitions
                .Single(candidate => candidate.ColumnIdentifier.Value == node.ColumnIdentifier.Value);
            column.DataType = node.DataType;
            column.Collation = node.Collation;
            column.Constraints.Clear(); // a default is dropped before, and none of ours stays
            column.Constraints.Add(new NullableConstraintDefinition { Nullable = node.AlterTableAlterColumnOption != AlterTableAlterColumnOption.NotNull });
        }

        public override void ExplicitVisit(AlterTableDropTableElementStatement node)
        {
            CreateTableStatement table = tables.Table(node.SchemaObjectName, node);
            foreach (AlterTableDropTableElement element in node.AlterTableDropTableElements)
            {
                ColumnDefinition? column = table.Definition.ColumnDefinitions.FirstOrDefault(candidate => candidate.ColumnIdentifier.Value == element.Name.Value);
                ConstraintDefinition? constraint = table.Definition.TableConstraints.FirstOrDefault(candidate => candidate.ConstraintIdentifier?.Value == element.Name.Value);
                if (column is not null)
                {
                    table.Definition.ColumnDefinitions.Remove(column);
                }
                else if (constraint is not null)
                {
                    table.Definition.TableConstraints.Remove(constraint);
                }
            }
        }

        public override void ExplicitVisit(UpdateStatement node)
        {
            using TSqlModel model = tables.Build(node);
            tables._problems.AddRange(model.Validate().Select(message => $"{message} at: {TextOf(node)}"));
        }

        /// <summary>An idempotent script hides statements there; where a variable is put in, it holds the name of a constraint.</summary>
        public override void ExplicitVisit(ExecuteStatement node)
        {
            if (node.ExecuteSpecification.ExecutableEntity is ExecutableStringList strings)
            {
                Parse(string.Concat(strings.Strings.Select(part => part is StringLiteral literal ? literal.Value : "name"))).Accept(this);
            }
        }
    }
}
