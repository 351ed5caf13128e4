using System.Globalization;
using Microsoft.Data.Sqlite;

namespace LagoConsole.Bench;

/// <summary>
/// Gives a console's database a past, by copying rows that it has into earlier hours and months: closed billing periods with their
/// marks, and accepted records with all that they rest on.
/// </summary>
internal sealed class History(string database)
{
    private const long Hour = TimeSpan.TicksPerHour;
    private const long Month = 31 * 24 * Hour; // further apart than any two periods' ends that are taken for one

    /// <param name="months">Closed periods of each open one, with all their marks.</param>
    /// <param name="hours">Accepted records before each record that there is.</param>
    /// <param name="looks">Snapshots before each that there is.</param>
    public void Add(int months, int hours, int looks = 0)
    {
        using SqliteConnection connection = new($"Data Source={database};Pooling=False"); // memory is measured after this: its cache is small, and not kept
        connection.Open();
        Run(connection, "PRAGMA synchronous=OFF");
        Run(connection, "PRAGMA cache_size=-20000");
        Run(connection, "PRAGMA foreign_keys=OFF");
        using SqliteTransaction transaction = connection.BeginTransaction();
        string month = Past("s.Id");
        Copy(
            connection, "BillingPeriods", months, "s.State = 'Open'",
            ("Id", month), ("PeriodStart", $"s.PeriodStart - n.N * {Month}"), ("PeriodEnd", $"s.PeriodEnd - n.N * {Month}"), ("State", "'Closed'"), ("ClosedAt", $"s.PeriodEnd - n.N * {Month}"));
        Copy(
            connection, "HighWaterMarks", months, "s.PeriodId IN (SELECT Id FROM BillingPeriods WHERE State = 'Open')",
            ("Id", month), ("PeriodId", Past("s.PeriodId")));

        // Of the first metric only: a key that grows each hour.
        const string First = "SELECT Id FROM UsageIncrements WHERE MetricCode = 'metric_0'";
        Copy(
            connection, "RecordLinks", hours, $"s.IncrementId IN ({First})",
            ("RecordId", Past("s.RecordId")), ("IncrementId", Past("s.IncrementId")));
        Copy(
            connection, "UsageIncrements", hours, $"s.Id IN ({First})",
            ("Id", Past("s.Id")), ("FromMinor", "s.FromMinor - n.N * 1000000"), ("ToMinor", "s.ToMinor - n.N * 1000000"), ("SeenAt", $"s.SeenAt - n.N * {Hour}"),
            ("IsOpen", "0"), ("OpenMinor", "'0.0'"), ("WaitReason", "NULL")); // billed whole: what a unit leaves open goes into the next hour's record
        Copy(
            connection, "UsageRecords", hours, "s.State = 'Accepted'",
            ("Id", Past("s.Id")), ("SlotHour", $"s.SlotHour - n.N * {Hour}"), ("Timestamp", $"s.Timestamp - n.N * {Hour}"), ("CreatedAt", $"s.CreatedAt - n.N * {Hour}"),
            ("Deadline", $"s.Deadline - n.N * {Hour}"), ("SettledAt", $"s.SettledAt - n.N * {Hour}"));
        Copy(connection, "Attempts", hours, "1", ("Id", Past("s.Id")), ("RecordId", Past("s.RecordId")), ("CallId", Past("s.CallId")));
        Copy(connection, "UsageSnapshots", looks, "1", ("TakenAt", $"s.TakenAt - n.N * {Hour} / 4"));
        transaction.Commit();
        Run(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// <summary>Moves what was seen, counted and billed on by whole hours, so that the last of it happened in the present hour.</summary>
    public void MoveToPresent(DateTimeOffset now)
    {
        using SqliteConnection connection = new($"Data Source={database};Pooling=False");
        connection.Open();
        Run(connection, "PRAGMA synchronous=OFF");
        string hours = string.Create(CultureInfo.InvariantCulture, $"({now.UtcTicks / Hour} - (SELECT MAX(SettledAt) / {Hour} FROM UsageRecords)) * {Hour}");
        Run(connection, $"CREATE TEMP TABLE Moved AS SELECT {hours} AS Ticks");
        Run(connection, "UPDATE UsageIncrements SET SeenAt = SeenAt + m.Ticks FROM Moved m");
        Run(connection, "UPDATE HighWaterMarks SET LastTotalAt = LastTotalAt + m.Ticks, FirstSeenAt = FirstSeenAt + m.Ticks FROM Moved m");
        Run(connection, "UPDATE UsageSnapshots SET TakenAt = TakenAt + m.Ticks FROM Moved m");
        Run(connection, "UPDATE BillingPeriods SET PeriodStart = PeriodStart + m.Ticks, PeriodEnd = PeriodEnd + m.Ticks FROM Moved m");
        Run(
            connection,
            """
            UPDATE UsageRecords SET SlotHour = SlotHour + m.Ticks, Timestamp = Timestamp + m.Ticks, CreatedAt = CreatedAt + m.Ticks,
                Deadline = Deadline + m.Ticks, SettledAt = SettledAt + m.Ticks
            FROM Moved m
            """);
        Run(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// <summary>Gives the customers that are linked by now what the first of them have: all but the copies of it that a past would need.</summary>
    /// <param name="polled">The first customers, whose rows there are.</param>
    /// <param name="times">How many customers there are for each of them, itself included.</param>
    public void Multiply(int polled, int times)
    {
        using SqliteConnection connection = new($"Data Source={database};Pooling=False"); // memory is measured after this: its cache is small, and not kept
        connection.Open();
        Run(connection, "PRAGMA synchronous=OFF");
        Run(connection, "PRAGMA cache_size=-20000");
        Run(connection, "PRAGMA foreign_keys=OFF");
        using SqliteTransaction transaction = connection.BeginTransaction();
        Run(connection, "CREATE INDEX BenchAccounts ON Entitlements (AwsAccountId)"); // nobody asks for it but this
        Run(connection, "CREATE INDEX BenchLinks ON BuyerLinks (LagoCustomerId)");
        string number = string.Create(CultureInfo.InvariantCulture, $"(CAST(substr(s.LagoCustomerId, 5) AS INTEGER) + n.N * {polled})");
        string buyer = $"(SELECT link.BuyerId FROM BuyerLinks link WHERE link.LagoCustomerId = 'cus-' || {number})";
        Copy(
            connection, "HighWaterMarks", times - 1, "1", ("Id", Of("s.Id")), ("PeriodId", Of("s.PeriodId")));
        Copy(
            connection, "Meters", times - 1, "1",
            ("Id", Of("s.Id")), ("EntitlementId", $"(SELECT e.Id {Entitlement(polled)})"), ("Identity", $"(SELECT e.Identity {Entitlement(polled)})"));
        Copy(connection, "UsageSnapshots", times - 1, "1", ("PeriodId", Of("s.PeriodId")));
        Copy(connection, "RecordLinks", times - 1, "1", ("RecordId", Of("s.RecordId")), ("IncrementId", Of("s.IncrementId")));
        Copy(connection, "Attempts", times - 1, "1", ("Id", Of("s.Id")), ("RecordId", Of("s.RecordId")), ("CallId", Of("s.CallId")));
        Copy(
            connection, "UsageRecords", times - 1, "1",
            ("Id", Of("s.Id")), ("MeterId", Of("s.MeterId")), ("EntitlementId", $"(SELECT e.Id {Entitlement(polled)})"));
        Copy(
            connection, "UsageIncrements", times - 1, "s.GroupId IS NOT NULL", // what is still open stays what it is: one poll more
            ("Id", Of("s.Id")), ("MarkId", Of("s.MarkId")), ("MeterId", Of("s.MeterId")), ("GroupId", "NULL"),
            ("BuyerId", $"(SELECT e.BuyerId FROM Meters m JOIN Entitlements own ON own.Id = m.EntitlementId JOIN Entitlements e ON e.AwsAccountId = {Account(polled)} WHERE m.Id = s.MeterId)"));
        Copy(
            connection, "BillingPeriods", times - 1, "1",
            ("Id", Of("s.Id")), ("BuyerId", buyer), ("LagoCustomerId", $"'cus-' || {number}"), ("SubscriptionExternalId", $"'sub-' || {number}"),
            ("SubscriptionLagoId", $"printf('00000000-0000-4000-8000-%012x', {number})"));
        Run(connection, "DROP INDEX BenchAccounts");
        Run(connection, "DROP INDEX BenchLinks");
        transaction.Commit();
        Run(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// <summary>Another id for the same row of another customer: the first eight digits tell whose.</summary>
    private static string Of(string id) => $"printf('%08X', n.N) || substr({id}, 9)";

    /// <summary>Another id for the same row in another hour or month: the next four digits tell which.</summary>
    private static string Past(string id) => $"substr({id}, 1, 9) || printf('%04X', n.N) || substr({id}, 14)";

    /// <summary>The purchase of the customer that is as many further on: accounts are numbered as customers are.</summary>
    private static string Entitlement(int polled) => string.Create(
        CultureInfo.InvariantCulture,
        $"FROM Entitlements own JOIN Entitlements e ON e.AwsAccountId = {Account(polled)} WHERE own.Id = s.EntitlementId");

    private static string Account(int polled) => string.Create(CultureInfo.InvariantCulture, $"printf('%012d', CAST(own.AwsAccountId AS INTEGER) + n.N * {polled})");

    /// <summary>Each row that there is, so many times, with some columns changed.</summary>
    private static void Copy(SqliteConnection connection, string table, int times, string which, params (string Column, string Sql)[] changed)
    {
        List<string> columns = [];
        using (SqliteCommand info = connection.CreateCommand())
        {
            info.CommandText = $"SELECT name FROM pragma_table_info('{table}') WHERE NOT (pk = 1 AND type = 'INTEGER')";
            using SqliteDataReader reader = info.ExecuteReader();
            while (reader.Read())
            {
                columns.Add(reader.GetString(0));
            }
        }

        string values = string.Join(", ", columns.Select(column => changed.FirstOrDefault(one => one.Column == column) is { Sql: { } sql } ? sql : $"s.\"{column}\""));
        Run(
            connection,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                WITH RECURSIVE n(N) AS (SELECT 1 WHERE {times} > 0 UNION ALL SELECT N + 1 FROM n WHERE N < {times})
                INSERT INTO {table} ({string.Join(", ", columns.Select(column => $"\"{column}\""))}) SELECT {values} FROM (SELECT * FROM {table}) s JOIN n WHERE {which}
                """));
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // made of this class's own names
        command.CommandText = sql;
#pragma warning restore CA2100
        command.CommandTimeout = 0;
        command.ExecuteNonQuery();
    }
}
