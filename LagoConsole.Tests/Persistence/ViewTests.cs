using LagoConsole.Core.Audit;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Persistence.SqlServer;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using Xunit;

namespace LagoConsole.Tests.Persistence;

/// <summary>A view shows the database as it was, and nobody waits for it.</summary>
public sealed class ViewTests : IDisposable
{
    private readonly TestDatabase _database = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task What_is_written_meanwhile_is_written_at_once_and_not_in_the_view()
    {
        await WriteAsync();
        (int before, int after) = await DatabaseView.ReadAsync(
            _database,
            async view =>
            {
                int before = await view.AuditEntries.CountAsync(Stop);
                await WriteAsync().WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System, Stop); // a writer that met a lock would wait for ten
                await MoneyTransaction.RunAsync(_database, async db => await db.AuditEntries.ExecuteDeleteAsync(Stop), Stop)
                    .WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System, Stop);
                return (before, await view.AuditEntries.CountAsync(Stop));
            },
            Stop);

        Assert.Equal((1, 1), (before, after));
        await using LagoConsoleDbContext now = _database.CreateDbContext();
        Assert.Equal(0, await now.AuditEntries.CountAsync(Stop));
    }

    [Fact]
    public void SQL_Server_is_told_to_allow_views_and_only_where_it_does_not()
    {
        TSqlFragment script = new TSql160Parser(initialQuotedIdentifiers: true).Parse(new StringReader(SqlServerUpgrade.AllowViews), out IList<ParseError> errors);

        Assert.Empty(errors);
        IfStatement allowed = Assert.IsType<IfStatement>(Assert.Single(Assert.Single(((TSqlScript)script).Batches).Statements));
        AlterDatabaseSetStatement set = Assert.IsType<AlterDatabaseSetStatement>(allowed.ThenStatement);
        Assert.True(set.UseCurrent);
        OnOffDatabaseOption option = Assert.IsType<OnOffDatabaseOption>(Assert.Single(set.Options));
        Assert.Equal((DatabaseOptionKind.AllowSnapshotIsolation, OptionState.On), (option.OptionKind, option.OptionState));
    }

    private async Task WriteAsync()
    {
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        db.Audit(DateTimeOffset.UnixEpoch, new Actor("ada", Role.Admin), "Test", "Test", 1);
        await db.SaveChangesAsync(Stop);
    }
}
