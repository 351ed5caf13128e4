using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Persistence.Sqlite;
using LagoConsole.Core.Persistence.SqlServer;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Xunit;

namespace LagoConsole.Tests.Persistence;

/// <summary>The database that migrations make is the database that the code expects.</summary>
public sealed class MigrationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lagoconsole-test-").FullName;

    [Fact]
    public void No_change_of_the_model_waits_for_a_SQLite_migration()
    {
        using LagoConsoleDbContext db = Sqlite("never-opened.db");
        Assert.False(db.Database.HasPendingModelChanges(), "Run eng/add-migration.sh NameOfTheChange.");
    }

    [Fact]
    public void No_change_of_the_model_waits_for_a_SQL_Server_migration()
    {
        using SqlServerLagoConsoleDbContext db = SqlServerScript.Context();
        Assert.False(db.Database.HasPendingModelChanges(), "Run eng/add-migration.sh NameOfTheChange.");
    }

    [Fact]
    public void Both_databases_have_the_same_migrations()
    {
        using LagoConsoleDbContext sqlite = Sqlite("never-opened.db");
        using SqlServerLagoConsoleDbContext sqlServer = SqlServerScript.Context();

        Assert.Equal(NamesOf(sqlite), NamesOf(sqlServer));

        // 20260102030405_Name: the second of its creation differs.
        static IEnumerable<string> NamesOf(LagoConsoleDbContext db) => db.Database.GetMigrations().Select(id => id[(id.IndexOf('_', StringComparison.Ordinal) + 1)..]);
    }

    [Fact]
    public async Task Migrations_from_an_empty_file_on_make_the_tables_of_the_model()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using LagoConsoleDbContext migrated = Sqlite("migrated.db");
        await migrated.Database.MigrateAsync(cancellation);
        await using LagoConsoleDbContext created = Sqlite("created.db");
        await created.Database.EnsureCreatedAsync(cancellation);

        IReadOnlyList<string> tables = await SchemaAsync(migrated);
        Assert.Contains("UsageRecords: index on (MeterId, SlotHour), unique", tables); // the description sees what it compares
        Assert.Equal(await SchemaAsync(created), tables);
        Assert.Empty(await migrated.Database.GetPendingMigrationsAsync(cancellation));
    }

    [Fact]
    public async Task Migrating_twice_changes_nothing()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using LagoConsoleDbContext db = Sqlite("twice.db");
        await db.Database.MigrateAsync(cancellation);
        IReadOnlyList<string> once = await SchemaAsync(db);

        await db.Database.MigrateAsync(cancellation);

        Assert.Equal(once, await SchemaAsync(db));
    }

    [Fact]
    public async Task Money_on_a_meter_and_the_age_of_a_key_survive_the_upgrade_from_the_first_version()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using LagoConsoleDbContext db = Sqlite("upgrade.db");
        await db.Database.OpenConnectionAsync(cancellation); // one connection throughout: the rows below point nowhere, and the pragma is the connection's
        await db.GetService<IMigrator>().MigrateAsync("Initial", cancellation);
        await db.Database.ExecuteSqlRawAsync("""
            PRAGMA foreign_keys = OFF;
            INSERT INTO BillingPeriods (Id, IntegrationId, BuyerId, SubscriptionLagoId, SubscriptionExternalId, LagoCustomerId, PeriodStart, PeriodEnd, Currency, State, Version)
            VALUES ('11111111-1111-1111-1111-111111111111', '22222222-2222-2222-2222-222222222222', '33333333-3333-3333-3333-333333333333', 'sub', 'ext', 'cus', 639250272000000000, 639277056000000000, 'USD', 'Open', 0);
            INSERT INTO HighWaterMarks (Id, PeriodId, MetricCode, Currency, BaselineMinor, AmountMinor, ReportAtCloseOnly, LastTotalMinor, LastTotalAt, LastCharges)
            VALUES ('44444444-4444-4444-4444-444444444444', '11111111-1111-1111-1111-111111111111', 'api_calls', 'USD', 0, 1234, 0, 1234, 639250300000000000, '[]'),
                ('88888888-8888-8888-8888-888888888888', '11111111-1111-1111-1111-111111111111', 'storage', 'USD', 0, 40, 0, 25, 639250300000000000, '[]');
            INSERT INTO Meters (Id, EntitlementId, DimensionId, Marketplace, Identity, DimensionKey, Currency, AccruedMinor, AllocatedMinor, WaivedMinor, IncrementCount, Version)
            VALUES ('55555555-5555-5555-5555-555555555555', '66666666-6666-6666-6666-666666666666', '77777777-7777-7777-7777-777777777777', 'Aws', 'id', 'usage_fee', 'USD', 1234, '1200.5', '0.0', 1, 1);
            """, cancellation);

        await db.Database.MigrateAsync(cancellation);

        Meter meter = await db.Meters.SingleAsync(cancellation);
        Assert.Equal((1234m, 33.5m, 0m), (meter.AccruedMinor, meter.OpenMinor, meter.LeftMinor));
        HighWaterMark mark = await db.HighWaterMarks.SingleAsync(row => row.MetricCode == "api_calls", cancellation);
        BillingPeriod period = await db.BillingPeriods.SingleAsync(cancellation);
        Assert.Equal((1234, period.PeriodStart, BaselineOrigin.Chosen, null), (mark.HighestTotalMinor, mark.FirstSeenAt, mark.BaselineOrigin, mark.Hold));
        Assert.Equal(["storage"], await db.Database.SqlQuery<string>($"SELECT MetricCode AS Value FROM HighWaterMarks WHERE IsBelowMark = 1").ToListAsync(cancellation));
    }

    [Fact]
    public async Task A_record_of_an_earlier_version_belongs_to_the_integration_whose_growth_it_used_first()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using LagoConsoleDbContext db = Sqlite("records.db");
        await db.Database.OpenConnectionAsync(cancellation); // as above
        await db.GetService<IMigrator>().MigrateAsync("PeriodsByBuyerAndState", cancellation);
        await db.Database.ExecuteSqlRawAsync("""
            PRAGMA foreign_keys = OFF;
            INSERT INTO UsageIncrements (Id, MarkId, IntegrationId, BuyerId, MetricCode, Currency, FromMinor, ToMinor, AmountMinor, SeenAt, Source, WaivedMinor, BilledBeforeRestoreMinor, OpenMinor, IsOpen, ReportRegardless, MeterId, MeterSequence, Version)
            SELECT column1, column1, column2, column1, 'api_calls', 'USD', 0, 50, 50, 639250272000000000, 'Poll', '0.0', '0.0', '0.0', 0, 0, '55555555-5555-5555-5555-555555555555', column3, 1
            FROM (VALUES ('11111111-1111-1111-1111-111111111111', 'AAAAAAAA-1111-1111-1111-111111111111', 2), ('22222222-2222-2222-2222-222222222222', 'BBBBBBBB-2222-2222-2222-222222222222', 1));
            INSERT INTO UsageRecords (Id, MeterId, EntitlementId, Marketplace, DimensionKey, SlotHour, Timestamp, Quantity, UnitPriceMinor, Currency, BatchKey, Payload, PayloadSha256, RemainderBeforeMinor, OpenBeforeMinor, RemainderAfterMinor, CreatedAt, Deadline, State, HadUnknownAttempt, AttemptCount, OutcomeAssumed, Version)
            SELECT column1, '55555555-5555-5555-5555-555555555555', '66666666-6666-6666-6666-666666666666', 'Aws', 'usage_fee', column2, column2, 1, '100.0', 'USD', 'batch', '{{}}', '', '0.0', '100.0', '0.0', column2, column2, 'Accepted', 0, 1, 0, 1
            FROM (VALUES ('33333333-3333-3333-3333-333333333333', 639250272000000000), ('44444444-4444-4444-4444-444444444444', 639250308000000000));
            INSERT INTO RecordLinks (RecordId, IncrementId, AmountMinor)
            VALUES ('33333333-3333-3333-3333-333333333333', '11111111-1111-1111-1111-111111111111', '50.0'), ('33333333-3333-3333-3333-333333333333', '22222222-2222-2222-2222-222222222222', '50.0');
            """, cancellation);

        await db.Database.MigrateAsync(cancellation);

        List<UsageRecord> records = await db.UsageRecords.OrderBy(record => record.SlotHour).ToListAsync(cancellation);
        Assert.Equal([Guid.Parse("BBBBBBBB-2222-2222-2222-222222222222"), Guid.Empty], records.Select(record => record.IntegrationId)); // the other one has no links
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private SqliteLagoConsoleDbContext Sqlite(string file) => new(new DbContextOptionsBuilder<SqliteLagoConsoleDbContext>()
        .UseSqlite($"Data Source={Path.Combine(_folder, file)}").AddInterceptors(new SqlitePragmas()).Options);

    /// <summary>Tables, columns, keys and indexes, one a line. Order of columns and defaults are left out: a migration adds at the end.</summary>
    private static async Task<IReadOnlyList<string>> SchemaAsync(LagoConsoleDbContext db)
    {
        const string Sql = """
            SELECT t.name || '.' || c.name || ' ' || c.type || CASE c."notnull" WHEN 1 THEN ' not null' ELSE '' END
                || CASE WHEN c.pk > 0 THEN ' key ' || c.pk ELSE '' END AS Value
            FROM sqlite_master t, pragma_table_info(t.name) c
            WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE '\_\_EF%' ESCAPE '\'
            UNION ALL
            SELECT t.name || ': index on (' || (SELECT group_concat(k.name, ', ') FROM pragma_index_info(i.name) k) || ')'
                || CASE i."unique" WHEN 1 THEN ', unique' ELSE '' END
                || coalesce((SELECT substr(m.sql, instr(m.sql, ' WHERE ')) FROM sqlite_master m WHERE m.name = i.name AND i.partial = 1), '')
            FROM sqlite_master t, pragma_index_list(t.name) i
            WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE '\_\_EF%' ESCAPE '\'
            UNION ALL
            SELECT t.name || '.' || f."from" || ' → ' || f."table" || '.' || f."to" || ', on delete ' || f.on_delete
            FROM sqlite_master t, pragma_foreign_key_list(t.name) f
            WHERE t.type = 'table'
            """;
        List<string> lines = await db.Database.SqlQueryRaw<string>(Sql).ToListAsync(TestContext.Current.CancellationToken);
        return [.. lines.Order(StringComparer.Ordinal)];
    }
}
