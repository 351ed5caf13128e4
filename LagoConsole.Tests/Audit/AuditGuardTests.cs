using LagoConsole.Core.Audit;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Persistence.SqlServer;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Persistence;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using Xunit;

namespace LagoConsole.Tests.Audit;

/// <summary>The database itself keeps the audit log as it was written: on the tables that the migrations make.</summary>
public sealed class AuditGuardTests : IDisposable
{
    private readonly TestDatabase _database = new(migrated: true);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _database.Dispose();

    [Theory]
    [InlineData("UPDATE AuditEntries SET Actor = 'eve'")]
    [InlineData("UPDATE AuditEntries SET Note = NULL WHERE Id = 1")]
    [InlineData("DELETE FROM AuditEntries")]
    [InlineData("DELETE FROM AuditEntries WHERE Id = 1")]
    public async Task No_statement_changes_or_deletes_an_entry(string statement)
    {
        await WriteAsync();
        await using LagoConsoleDbContext db = _database.CreateDbContext();

        Exception refused = await Assert.ThrowsAnyAsync<Exception>(() => db.Database.ExecuteSqlRawAsync(statement, Stop));

        Assert.Contains("The audit log is append-only", refused.Message, StringComparison.Ordinal);
        await AssertWholeAsync(entries: 1);
    }

    [Theory]
    [InlineData("INSERT OR REPLACE INTO AuditEntries (Id, At, Actor, Action, SubjectType, SubjectId) SELECT Id, At, 'eve', Action, SubjectType, SubjectId FROM AuditEntries")]
    [InlineData("INSERT INTO AuditEntries (Id, At, Actor, Action, SubjectType, SubjectId) SELECT Id, At, 'eve', Action, SubjectType, SubjectId FROM AuditEntries WHERE true ON CONFLICT DO UPDATE SET Actor = 'eve'")]
    [InlineData("INSERT OR IGNORE INTO AuditEntries (Id, At, Actor, Action, SubjectType, SubjectId) SELECT Id, At, 'eve', Action, SubjectType, SubjectId FROM AuditEntries")]
    public async Task No_way_of_SQLite_puts_another_entry_in_its_place(string statement)
    {
        Assert.NotNull(_database.File); // left out on SQL Server
        await WriteAsync();
        await using LagoConsoleDbContext db = _database.CreateDbContext();

        Exception refused = await Assert.ThrowsAnyAsync<Exception>(() => db.Database.ExecuteSqlRawAsync(statement, Stop));

        Assert.Contains("The audit log is append-only", refused.Message, StringComparison.Ordinal);
        await AssertWholeAsync(entries: 1);
    }

    [Fact]
    public async Task Not_even_the_consoles_own_code_could()
    {
        await WriteAsync();
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        db.AuditEntries.Remove(await db.AuditEntries.SingleAsync(Stop));
        await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync(Stop));
        await Assert.ThrowsAnyAsync<Exception>(() => db.AuditEntries.ExecuteUpdateAsync(set => set.SetProperty(entry => entry.Action, "nothing"), Stop));

        await WriteAsync();
        await AssertWholeAsync(entries: 2);
    }

    [Fact]
    public void On_SQL_Server_a_trigger_refuses_both_and_its_text_is_sound()
    {
        CreateTriggerStatement trigger = Assert.Single(Triggers(SqlServerUpgrade.Script()));

        Assert.Equal("AuditEntries", trigger.TriggerObject.Name.BaseIdentifier.Value);
        Assert.Equal(TriggerType.After, trigger.TriggerType);
        Assert.Equal([TriggerActionType.Delete, TriggerActionType.Update], trigger.TriggerActions.Select(action => action.TriggerActionType).Order());
        ThrowStatement refusal = Assert.IsType<ThrowStatement>(Assert.Single(trigger.StatementList.Statements));
        Assert.Contains("append-only", Assert.IsType<StringLiteral>(refusal.Message).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void On_SQL_Server_the_indexes_stand_aside_while_the_columns_change_their_collation()
    {
        using SqlServerLagoConsoleDbContext db = SqlServerScript.Context();
        string[] migrations = [.. db.Database.GetMigrations()];
        int at = Array.FindIndex(migrations, migration => migration.EndsWith("_AppendOnlyAudit", StringComparison.Ordinal));
        string script = db.GetService<IMigrator>().GenerateScript(migrations[at - 1], migrations[at]);

        int dropped = script.IndexOf("DROP INDEX [IX_AuditEntries_SubjectType_SubjectId]", StringComparison.Ordinal);
        int altered = script.IndexOf("ALTER TABLE [AuditEntries] ALTER COLUMN [SubjectType]", StringComparison.Ordinal);
        int made = script.IndexOf("CREATE INDEX [IX_AuditEntries_SubjectType_SubjectId]", StringComparison.Ordinal);
        Assert.True(dropped >= 0 && dropped < altered && altered < made, script);
        Assert.True(script.IndexOf("CREATE TRIGGER", StringComparison.Ordinal) > made, script);
    }

    private static List<CreateTriggerStatement> Triggers(string script)
    {
        TriggerReader reader = new();
        Parse(script).Accept(reader);
        return reader.Found;
    }

    private static TSqlFragment Parse(string text)
    {
        TSqlFragment parsed = new TSql160Parser(initialQuotedIdentifiers: true, SqlEngineType.All).Parse(new StringReader(text), out IList<ParseError> errors);
        Assert.Empty(errors.Select(error => error.Message));
        return parsed;
    }

    private async Task WriteAsync()
    {
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        db.Audit(new DateTimeOffset(2026, 11, 27, 6, 0, 0, TimeSpan.Zero), new Actor("ada", Role.Admin, "192.0.2.44"), "Delete account", "Account", 7, note: "why");
        await db.SaveChangesAsync(Stop);
    }

    private async Task AssertWholeAsync(int entries)
    {
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        List<AuditEntry> stored = await db.AuditEntries.AsNoTracking().ToListAsync(Stop);
        Assert.Equal(entries, stored.Count);
        Assert.All(stored, entry => Assert.Equal(("ada", "192.0.2.44", "Delete account", "why"), (entry.Actor, entry.Address, entry.Action, entry.Note)));
    }

    private sealed class TriggerReader : TSqlFragmentVisitor
    {
        public List<CreateTriggerStatement> Found { get; } = [];

        public override void Visit(CreateTriggerStatement node) => Found.Add(node);

        /// <summary>Where a migration hides what must be alone in its batch.</summary>
        public override void Visit(ExecutableStringList node) =>
            Parse(string.Concat(node.Strings.Select(part => part is StringLiteral literal ? literal.Value : "name"))).Accept(this);
    }
}
