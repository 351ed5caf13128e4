using System.Globalization;
using LagoConsole.Core.HighWater;
using LagoConsole.Simulation.Engines;
using Microsoft.Data.Sqlite;

namespace LagoConsole.Simulation.Oracles;

/// <summary>
/// Reads what the engines have committed, past all of their code. SQL as it stands in the files: what is read here is held
/// against the world's own knowledge.
/// </summary>
internal sealed class Auditor : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _records;
    private readonly SqliteCommand _links;
    private readonly SqliteCommand _stands;
    private readonly SqliteCommand _autoReport;
    private readonly SqliteCommand _linked;
    private readonly SqliteCommand _bought;
    private readonly SqliteCommand _ended;
    private readonly SqliteCommand _live;
    private readonly SqliteCommand _waived;
    private readonly SqliteCommand _held;
    private readonly SqliteCommand _holding;
    private readonly SqliteCommand _marks;
    private readonly SqliteCommand _closed;
    private readonly SqliteCommand _exists;

    public Auditor(WorldDatabase database)
    {
        _connection = new SqliteConnection(database.ConnectionString);
        _connection.Open();
        _records = Command(
            """
            SELECT r.rowid, r.Id, COALESCE(e.AwsLicenseArn, e.AzureResourceId, e.GcpUsageReportingId), r.DimensionKey, r.SlotHour, r.Quantity, r.UnitPriceMinor
            FROM UsageRecords r JOIN Entitlements e ON e.Id = r.EntitlementId WHERE r.rowid > $after ORDER BY r.rowid
            """,
            "$after");
        _links = Command(
            """
            SELECT l.AmountMinor, p.SubscriptionLagoId, p.PeriodStart, p.PeriodEnd, k.MetricCode, k.Currency
            FROM RecordLinks l JOIN UsageIncrements i ON i.Id = l.IncrementId JOIN HighWaterMarks k ON k.Id = i.MarkId
            JOIN BillingPeriods p ON p.Id = k.PeriodId WHERE l.RecordId = $record
            """,
            "$record");
        _stands = Command("SELECT 1 FROM Integrations WHERE Id = $id AND AutoReport = 1 AND Status = 'Verified'", "$id");
        _autoReport = Command("SELECT 1 FROM Integrations WHERE Id = $id AND AutoReport = 1", "$id");
        _linked = Command("SELECT 1 FROM BuyerLinks WHERE LagoCustomerId = $customer AND UnlinkedAt IS NULL", "$customer");
        _bought = Command("SELECT Id FROM Entitlements WHERE $purchase IN (AwsLicenseArn, AzureResourceId, GcpUsageReportingId)", "$purchase");
        _ended = Command("SELECT 1 FROM Entitlements WHERE $purchase IN (AwsLicenseArn, AzureResourceId, GcpUsageReportingId) AND EndsAt IS NOT NULL", "$purchase");
        _live = Command(
            """
            SELECT r.Id FROM UsageRecords r WHERE r.State <> 'Void'
            """);
        _waived = Command(
            """
            SELECT p.SubscriptionLagoId, p.PeriodStart, p.PeriodEnd, k.MetricCode, k.Currency, i.WaivedMinor
            FROM UsageIncrements i JOIN HighWaterMarks k ON k.Id = i.MarkId JOIN BillingPeriods p ON p.Id = k.PeriodId
            """);
        _held = Command(
            """
            SELECT p.SubscriptionLagoId, p.PeriodStart, p.PeriodEnd, k.MetricCode, k.Currency, k.HeldMinor
            FROM HighWaterMarks k JOIN BillingPeriods p ON p.Id = k.PeriodId WHERE k.Hold IS NOT NULL
            """);
        _holding = Command(
            """
            SELECT p.SubscriptionLagoId, p.PeriodStart, p.PeriodEnd, k.MetricCode, k.Currency
            FROM HighWaterMarks k JOIN BillingPeriods p ON p.Id = k.PeriodId WHERE k.Hold = $hold
            """,
            "$hold");
        _marks = Command(
            """
            SELECT p.SubscriptionLagoId, p.PeriodStart, p.PeriodEnd, k.MetricCode, k.Currency, k.AmountMinor, k.RefusedMinor, k.Hold
            FROM HighWaterMarks k JOIN BillingPeriods p ON p.Id = k.PeriodId WHERE p.SubscriptionLagoId = $subscription
            """,
            "$subscription");
        _closed = Command("SELECT SubscriptionLagoId, PeriodStart, PeriodEnd, FinalInvoiceLagoId FROM BillingPeriods WHERE State = 'Closed'");
        _exists = Command("SELECT 1 FROM Integrations WHERE Id = $id", "$id");
    }

    /// <summary>Periods that are closed, and by which invoice.</summary>
    public List<(string LagoId, DateTimeOffset From, DateTimeOffset End, string? InvoiceId)> Closed()
    {
        List<(string, DateTimeOffset, DateTimeOffset, string?)> closed = [];
        using SqliteDataReader reader = _closed.ExecuteReader();
        while (reader.Read())
        {
            closed.Add((reader.GetString(0), Instant(reader.GetInt64(1)), Instant(reader.GetInt64(2)), reader.IsDBNull(3) ? null : reader.GetString(3)));
        }

        return closed;
    }

    public bool Exists(Guid integration) => Is(_exists, integration.ToString().ToUpperInvariant());

    /// <summary>Records with a higher row number, and the number of the last.</summary>
    public List<RecordRow> RecordsAfter(long row)
    {
        List<RecordRow> rows = [];
        _records.Parameters[0].Value = row;
        using (SqliteDataReader reader = _records.ExecuteReader())
        {
            while (reader.Read())
            {
                rows.Add(new RecordRow(
                    reader.GetInt64(0), reader.GetGuid(1), reader.GetString(2), reader.GetString(3), Instant(reader.GetInt64(4)),
                    reader.GetInt64(5), Money(reader.GetString(6)), []));
            }
        }

        foreach (RecordRow found in rows)
        {
            _links.Parameters[0].Value = found.Id.ToString().ToUpperInvariant();
            using SqliteDataReader reader = _links.ExecuteReader();
            while (reader.Read())
            {
                found.Links.Add((KeyOf(reader, 1), Money(reader.GetString(0))));
            }
        }

        return rows;
    }

    /// <summary>Polls of this integration store what they read.</summary>
    public bool Stands(Guid integration) => Is(_stands, integration.ToString().ToUpperInvariant());

    public bool IsAutoReportOn(Guid integration) => Is(_autoReport, integration.ToString().ToUpperInvariant());

    public bool IsLinked(string customer) => Is(_linked, customer);

    /// <summary>The purchase with this key, as the console has it; null before it was entered.</summary>
    public Guid? EntitlementOf(string purchase)
    {
        _bought.Parameters[0].Value = purchase;
        return _bought.ExecuteScalar() is string id ? Guid.Parse(id) : null;
    }

    /// <summary>The console knows of an end of this purchase.</summary>
    public bool HasEnd(string purchase) => Is(_ended, purchase);

    /// <summary>Records that hold their money.</summary>
    public HashSet<Guid> LiveRecords()
    {
        HashSet<Guid> live = [];
        using SqliteDataReader reader = _live.ExecuteReader();
        while (reader.Read())
        {
            live.Add(reader.GetGuid(0));
        }

        return live;
    }

    /// <summary>What is written waived, an item an increment.</summary>
    public List<(KeyRow Key, decimal WaivedMinor)> Waived()
    {
        List<(KeyRow, decimal)> waived = [];
        using SqliteDataReader reader = _waived.ExecuteReader();
        while (reader.Read())
        {
            waived.Add((KeyOf(reader, 0), Money(reader.GetString(5))));
        }

        return waived;
    }

    /// <summary>What is held.</summary>
    public List<(KeyRow Key, decimal HeldMinor)> Held()
    {
        List<(KeyRow, decimal)> held = [];
        using SqliteDataReader reader = _held.ExecuteReader();
        while (reader.Read())
        {
            held.Add((KeyOf(reader, 0), reader.GetInt64(5)));
        }

        return held;
    }

    /// <summary>Keys that are held for this reason: which those are is the engine's word, whether they may be is judged at the end.</summary>
    public List<KeyRow> HeldFor(HoldReason reason)
    {
        List<KeyRow> held = [];
        _holding.Parameters[0].Value = reason.ToString();
        using SqliteDataReader reader = _holding.ExecuteReader();
        while (reader.Read())
        {
            held.Add(KeyOf(reader, 0));
        }

        return held;
    }

    /// <summary>Marks of a subscription's keys, what is refused of them, and whether they are held.</summary>
    public List<(KeyRow Key, long AmountMinor, long RefusedMinor, bool IsHeld)> Marks(string lagoId)
    {
        List<(KeyRow, long, long, bool)> marks = [];
        _marks.Parameters[0].Value = lagoId;
        using SqliteDataReader reader = _marks.ExecuteReader();
        while (reader.Read())
        {
            marks.Add((KeyOf(reader, 0), reader.GetInt64(5), reader.GetInt64(6), !reader.IsDBNull(7)));
        }

        return marks;
    }

    public void Dispose() => _connection.Dispose();

    private static bool Is(SqliteCommand command, string value)
    {
        command.Parameters[0].Value = value;
        return command.ExecuteScalar() is not null;
    }

    private static KeyRow KeyOf(SqliteDataReader reader, int at) => new(
        reader.GetString(at), Instant(reader.GetInt64(at + 1)), Instant(reader.GetInt64(at + 2)), reader.GetString(at + 3), reader.GetString(at + 4));

    private static decimal Money(string text) => decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture);

    private static DateTimeOffset Instant(long ticks) => new(ticks, TimeSpan.Zero);

    private SqliteCommand Command(string sql, string? parameter = null)
    {
        SqliteCommand command = _connection.CreateCommand();
#pragma warning disable CA2100 // constants of this class
        command.CommandText = sql;
#pragma warning restore CA2100
        if (parameter is not null)
        {
            command.Parameters.Add(parameter, SqliteType.Text);
        }

        return command;
    }
}

/// <summary>A key as the engine's rows name it.</summary>
internal sealed record KeyRow(string LagoId, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, string Code, string Currency);

/// <summary>A record as the engine has stored it.</summary>
internal sealed record RecordRow(
    long Row, Guid Id, string Purchase, string Dimension, DateTimeOffset SlotHour, long Quantity, decimal UnitPriceMinor, List<(KeyRow Key, decimal AmountMinor)> Links);
