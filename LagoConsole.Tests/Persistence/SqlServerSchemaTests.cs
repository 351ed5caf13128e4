using System.Globalization;
using LagoConsole.Core.Persistence.SqlServer;
using Microsoft.EntityFrameworkCore;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using Xunit;

namespace LagoConsole.Tests.Persistence;

/// <summary>
/// What SQL Server is told, held against what it would refuse, cut off or compare too loosely. There is no server in the
/// tests: the script is parsed by SQL Server's own parser, and its limits are checked here.
/// </summary>
public sealed class SqlServerSchemaTests
{
    private static readonly SqlServerScript Model = SqlServerScript.OfModel();

    [Fact]
    public void The_script_of_all_migrations_is_sound_and_makes_the_tables_of_the_model()
    {
        SqlServerScript migrations = SqlServerScript.OfMigrations();

        Assert.Superset(Model.Columns.Select(column => column.Table).ToHashSet(), migrations.Columns.Select(column => column.Table).ToHashSet());
        Assert.Contains(migrations.Indexes, index => index.Filter is not null); // found inside EXEC(N'…'), where EF hides them
    }

    [Theory]
    [InlineData("Integrations", "OrganizationLagoId", "[OrganizationLagoId] IS NOT NULL")] // one organization is polled once
    [InlineData("BuyerLinks", "IntegrationId, LagoCustomerId", "[UnlinkedAt] IS NULL")] // one Lago customer pays through one buyer
    [InlineData("BuyerLinks", "BuyerId", "[UnlinkedAt] IS NULL")] // one buyer has one Lago customer
    [InlineData("MarketplaceAccounts", "Name", null)]
    [InlineData("Products", "Name", null)]
    [InlineData("Dimensions", "ProductId, Key", null)]
    [InlineData("DimensionPrices", "DimensionId, EffectiveFrom", "[EntitlementId] IS NULL")] // one list price at an instant
    [InlineData("DimensionPrices", "DimensionId, EntitlementId, EffectiveFrom", "[EntitlementId] IS NOT NULL")]
    [InlineData("DimensionConversions", "ProductId, MetricCode", null)] // a metric goes to exactly one dimension
    [InlineData("Entitlements", "Identity", null)] // the marketplace identity
    [InlineData("BillingPeriods", "SubscriptionLagoId, PeriodStart", null)] // R3
    [InlineData("HighWaterMarks", "PeriodId, MetricCode, Currency", null)] // key of a mark, R2; a changed currency is another, T30
    [InlineData("SubscriptionRoutes", "SubscriptionLagoId, EntitlementId", null)] // R6
    [InlineData("UsageIncrements", "MarkId, FromMinor", null)] // one rise of one mark is one increment
    [InlineData("Meters", "Identity, DimensionKey", null)] // exactly one writer
    [InlineData("UsageRecords", "MeterId, SlotHour", null)] // R12
    [InlineData("UsageRecordGroups", "EntitlementId, WindowStart, WindowEnd", null)]
    [InlineData("RecordLinks", "RecordId, IncrementId", null)] // R11
    [InlineData("Attempts", "RecordId, Number", null)]
    [InlineData("UsageReadings", "ResourceId, DimensionKey, Day", null)]
    [InlineData("NotificationCauses", "Key", "[OverAt] IS NULL")] // one cause, one message
    [InlineData("NotificationDeliveries", "CauseId, ChannelId, Event, Grade", "[CauseId] IS NOT NULL")] // a test has none
    public void A_business_key_is_a_unique_index(string table, string columns, string? filter) =>
        Assert.Single(Model.Indexes, index => index.IsUnique && index.Table == table
            && string.Join(", ", index.Columns) == columns && index.Filter == filter);

    [Fact]
    public void No_unique_index_is_weakened_by_a_column_that_may_be_null()
    {
        // EF adds "IS NOT NULL" to such an index by itself: rows with a null would then be no key at all, without a word.
        // A filter that we chose stands in the table above.
        Assert.Equal(
            [
                "BuyerLinks(BuyerId) where [UnlinkedAt] IS NULL",
                "BuyerLinks(IntegrationId, LagoCustomerId) where [UnlinkedAt] IS NULL",
                "DimensionPrices(DimensionId, EffectiveFrom) where [EntitlementId] IS NULL",
                "DimensionPrices(DimensionId, EntitlementId, EffectiveFrom) where [EntitlementId] IS NOT NULL",
                "Integrations(OrganizationLagoId) where [OrganizationLagoId] IS NOT NULL",
                "NotificationCauses(Key) where [OverAt] IS NULL",
                "NotificationDeliveries(CauseId, ChannelId, Event, Grade) where [CauseId] IS NOT NULL",
            ],
            Model.Indexes.Where(index => index is { IsUnique: true, Filter: not null }).Select(index => index.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Text_is_compared_by_code_point_except_what_people_search()
    {
        Assert.Equal(
            ["AuditEntries.Action", "AuditEntries.Actor", "AuditEntries.Note", "AuditEntries.SubjectId", "AuditEntries.SubjectType", "Buyers.Email", "Buyers.Name"],
            Model.Columns.Where(column => column.Type.StartsWith("nvarchar", StringComparison.Ordinal) && column.Collation is null && IsText(column))
                .Select(column => column.ToString()).Order(StringComparer.Ordinal));
        Assert.All(Model.Columns.Where(column => column.Collation is not null), column => Assert.Equal("Latin1_General_100_BIN2", column.Collation));
    }

    [Fact]
    public void Every_key_of_text_is_compared_by_code_point()
    {
        List<SqlColumn> keys = [.. Model.Indexes.Where(index => index.IsUnique)
            .SelectMany(index => index.Columns.Select(name => ColumnOf(index, name)))
            .Where(column => column.Type.StartsWith("nvarchar", StringComparison.Ordinal))];

        Assert.Contains(keys, column => column.ToString() == "HighWaterMarks.MetricCode"); // Seats and seats are two metrics
        Assert.All(keys, column => Assert.Equal("Latin1_General_100_BIN2", column.Collation));
    }

    [Fact]
    public void R1_Money_has_the_precision_that_the_rules_give_it()
    {
        Dictionary<string, string> decimals = Model.Columns
            .Where(column => column.Type.StartsWith("decimal", StringComparison.Ordinal) || column.Type.StartsWith("numeric", StringComparison.Ordinal))
            .ToDictionary(column => column.ToString(), column => column.Type, StringComparer.Ordinal);

        Assert.Equal(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["DimensionPrices.UnitPriceMinor"] = "decimal(19,6)", // R1
                ["UsageRecords.UnitPriceMinor"] = "decimal(19,6)",
                ["UsageRecords.RemainderBeforeMinor"] = "decimal(25,6)",
                ["UsageRecords.OpenBeforeMinor"] = "decimal(25,6)",
                ["UsageRecords.RemainderAfterMinor"] = "decimal(25,6)",
                ["UsageIncrements.WaivedMinor"] = "decimal(25,6)",
                ["UsageIncrements.OpenMinor"] = "decimal(25,6)",
                ["UsageIncrements.BilledBeforeRestoreMinor"] = "decimal(25,6)",
                ["Meters.AccruedMinor"] = "decimal(25,6)",
                ["Meters.LeftMinor"] = "decimal(25,6)",
                ["Meters.AllocatedMinor"] = "decimal(25,6)",
                ["Meters.WaivedMinor"] = "decimal(25,6)",
                ["RecordLinks.AmountMinor"] = "decimal(25,6)",
                ["UsageReadings.Submitted"] = "decimal(28,10)", // units, and others' may have fractions
                ["UsageReadings.Processed"] = "decimal(28,10)",
                ["RecordReadings.Submitted"] = "decimal(28,10)",
            },
            decimals);
    }

    [Fact]
    public void R1_No_column_is_a_floating_point_number_or_a_local_time() =>
        Assert.All(Model.Columns, column => Assert.DoesNotContain(
            column.Type.Split('(')[0], (string[])["float", "real", "money", "smallmoney", "datetime", "datetime2", "smalldatetime", "date", "time"]));

    [Fact]
    public void Every_instant_is_a_datetimeoffset()
    {
        using SqlServerLagoConsoleDbContext db = SqlServerScript.Context();
        List<string> instants = [.. db.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()
            .Where(property => property.ClrType == typeof(DateTimeOffset) || property.ClrType == typeof(DateTimeOffset?))
            .Select(property => $"{entity.GetTableName()}.{property.Name}"))];

        Assert.Equal(
            instants.Order(StringComparer.Ordinal),
            Model.Columns.Where(column => column.Type == "datetimeoffset").Select(column => column.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Text_without_a_limit_is_only_what_cannot_have_one()
    {
        Assert.Equal(
            [
                "Attempts.Request", // cut at 8,000 characters in code: above 4,000 SQL Server knows no limit
                "Attempts.Response",
                "DataProtectionKeys.FriendlyName", // the framework's own table
                "DataProtectionKeys.Xml",
                "HighWaterMarks.LastCharges", // a list of charges, never searched
                "MarketplaceAccounts.SecretCipher", // of a certificate with its key, say; never searched
                "ReceivedNotices.Payload", // cut at 65,536 characters in code; never searched
                "UsageSnapshots.Charges",
            ],
            Model.Columns.Where(column => column.Type.EndsWith("(max)", StringComparison.Ordinal)).Select(column => column.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_index_key_fits_into_what_SQL_Server_can_hold()
    {
        // A longer one is created with a warning only, and refuses rows later: in the hour in which the long key comes.
        Assert.All(Model.Indexes, index =>
        {
            int bytes = index.Columns.Sum(name => BytesOf(ColumnOf(index, name)));
            Assert.True(bytes <= (index.IsClustered ? 900 : 1700), $"{index} has keys of up to {bytes} bytes.");
            Assert.True(index.Columns.Count <= 32, $"{index} has {index.Columns.Count} columns.");
        });
    }

    [Fact]
    public void Nothing_in_the_books_is_deleted_by_the_deletion_of_something_else()
    {
        // It also means that SQL Server finds no two cascade paths to one table (its error 1785).
        Assert.NotEmpty(Model.ForeignKeys);
        Assert.All(Model.ForeignKeys, key =>
        {
            Assert.True(key.OnDelete is DeleteUpdateAction.NoAction or DeleteUpdateAction.NotSpecified, $"{key.Table} → {key.Principal}: {key.OnDelete}");
            Assert.True(key.OnUpdate is DeleteUpdateAction.NoAction or DeleteUpdateAction.NotSpecified, $"{key.Table} → {key.Principal}: {key.OnUpdate}");
        });
    }

    [Fact]
    public void A_deleted_integration_leaves_the_billing_record_behind()
    {
        // Design 8: links go with the integration, periods, marks and increments stay without it.
        Assert.Equal(["BuyerLinks"], Model.ForeignKeys.Where(key => key.Principal == "Integrations").Select(key => key.Table));
    }

    private static SqlColumn ColumnOf(SqlIndex index, string name) =>
        Model.Columns.Single(column => column.Table == index.Table && column.Name == name);

    /// <summary>Others are kept as text only: an enum's name, a list of charges. Their words are our own.</summary>
    private static bool IsText(SqlColumn column)
    {
        using SqlServerLagoConsoleDbContext db = SqlServerScript.Context();
        return db.Model.GetEntityTypes().Single(entity => entity.GetTableName() == column.Table).GetProperty(column.Name).ClrType == typeof(string);
    }

    private static int BytesOf(SqlColumn column)
    {
        string[] parts = column.Type.TrimEnd(')').Split('(', ',');
        return parts[0] switch
        {
            "nvarchar" when parts[1] != "max" => 2 * int.Parse(parts[1], CultureInfo.InvariantCulture),
            "uniqueidentifier" => 16,
            "datetimeoffset" => 10,
            "bigint" => 8,
            "int" => 4,
            "bit" => 1,
            "decimal" when parts[1] == "19" => 9,
            _ => throw new InvalidOperationException($"{column} of type {column.Type} is no index key: say how many bytes it has."),
        };
    }
}
