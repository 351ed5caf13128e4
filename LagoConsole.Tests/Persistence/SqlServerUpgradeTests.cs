using System.CommandLine;
using LagoConsole.Commands;
using LagoConsole.Core.Persistence.SqlServer;
using LagoConsole.Core.Scheduling;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Xunit;

namespace LagoConsole.Tests.Persistence;

/// <summary>
/// The tables on SQL Server, as far as they can be proven without one: each migration is applied to what the ones before it
/// left, statement by statement, and SQL Server's own tools find nothing that points nowhere.
/// </summary>
public sealed class SqlServerUpgradeTests
{
    public static TheoryData<string> Migrations
    {
        get
        {
            using SqlServerLagoConsoleDbContext db = SqlServerScript.Context();
            return [.. db.Database.GetMigrations()];
        }
    }

    [Theory]
    [MemberData(nameof(Migrations))]
    public void Every_version_that_there_was_builds_without_an_unresolved_reference(string migration)
    {
        using SqlServerLagoConsoleDbContext db = SqlServerScript.Context();
        SqlServerTables tables = new();
        string from = Migration.InitialDatabase;
        foreach (string next in db.Database.GetMigrations().TakeWhile(candidate => string.CompareOrdinal(candidate, migration) <= 0))
        {
            tables.Apply(db.GetService<IMigrator>().GenerateScript(from, next, MigrationsSqlGenerationOptions.NoTransactions));
            from = next;
        }

        tables.Validate();

        Assert.Empty(tables.Problems);
        Assert.True(tables.Count > 15);
    }

    [Fact]
    public void The_migrations_end_with_the_tables_of_the_model()
    {
        using SqlServerLagoConsoleDbContext db = SqlServerScript.Context();
        SqlServerTables model = new(), migrated = new();
        model.Apply(db.Database.GenerateCreateScript());
        migrated.Apply(db.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.NoTransactions));

        Assert.Equal(model.Columns, migrated.Columns.Where(column => !column.StartsWith("__EF", StringComparison.Ordinal)));
        Assert.Equal(model.Others, migrated.Others.Where(other => !other.StartsWith("__EF", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_administrators_script_holds_all_tables_and_Quartzs_and_builds_without_an_unresolved_reference()
    {
        SqlServerTables tables = new();

        tables.Apply(SqlServerUpgrade.Script());
        tables.Validate();

        Assert.Empty(tables.Problems);
        Assert.Contains("UsageRecords.MeterId UNIQUEIDENTIFIER  not null", tables.Columns);
        Assert.Equal(15, tables.Columns.Select(column => column.Split('.')[0]).Distinct().Count(table => table.StartsWith("QRTZ_", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_reference_to_nowhere_is_seen()
    {
        SqlServerTables tables = new();
        tables.Apply("CREATE TABLE A (Id int NOT NULL PRIMARY KEY, B int NULL); ALTER TABLE A ADD CONSTRAINT F FOREIGN KEY (B) REFERENCES B (Id); UPDATE A SET C = 1;");

        tables.Validate();

        Assert.Contains(tables.Problems, problem => problem.Contains("[dbo].[B]", StringComparison.Ordinal));
        Assert.Contains(tables.Problems, problem => problem.Contains("UPDATE A", StringComparison.Ordinal) && problem.Contains("[C]", StringComparison.Ordinal));
    }

    [Fact]
    public void Quartz_makes_only_what_is_missing() =>
        Assert.All(
            QuartzTables.SqlServer().Where(statement => statement.Contains("CREATE ", StringComparison.Ordinal)),
            statement => Assert.Contains("IF ", statement, StringComparison.Ordinal));

    [Fact]
    public async Task The_command_prints_the_script_and_asks_no_database()
    {
        StringWriter output = new();

        int? exitCode = await ConsoleCommands.RunAsync(["migration-script"], new InvocationConfiguration { Output = output });

        Assert.Equal(0, exitCode);
        Assert.Equal(SqlServerUpgrade.Script(), output.ToString());
        Assert.Contains("SET ALLOW_SNAPSHOT_ISOLATION ON", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("SET READ_COMMITTED_SNAPSHOT ON", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("IF NOT EXISTS (\n    SELECT * FROM [__EFMigrationsHistory]".ReplaceLineEndings(), output.ToString(), StringComparison.Ordinal);
    }
}
