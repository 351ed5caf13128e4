using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LagoConsole.Bench.Servers;
using LagoConsole.Core.Reporting.Aws;
using Microsoft.Data.Sqlite;

namespace LagoConsole.Bench.Least;

/// <summary>
/// The least that any program must do to report due meters to AWS: store the records before they are sent, send them 25 a call, ten
/// calls a second (AWS's quota of an account in a region), and store what each call came to. Nothing that could go wrong is looked at.
/// </summary>
internal sealed class LeastReport : IDisposable
{
    private const int BatchSize = 25;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false });
    private readonly ServerProcess _server;
    private readonly BenchClock _clock;
    private readonly string _database;
    private readonly string _file;

    /// <param name="database">The console's, of which a copy is worked on.</param>
    public LeastReport(ServerProcess server, string database, BenchClock clock)
    {
        _server = server;
        _clock = clock;
        _database = database;
        _file = Path.Combine(Path.GetDirectoryName(database)!, "least-report.db");
    }

    /// <summary>Takes what is due from the console's database; not a part of the measurement.</summary>
    public void Copy()
    {
        SqliteConnection.ClearAllPools();
        foreach (string file in (string[])[_file, _file + "-wal", _file + "-shm"])
        {
            File.Delete(file);
        }

        using SqliteConnection from = new($"Data Source={_database}");
        using SqliteConnection to = Open();
        from.Open();
        from.BackupDatabase(to);
    }

    public async Task RunAsync()
    {
        using SqliteConnection connection = Open();
        List<Record> records = Store(connection);
        List<Task> calls = [];
        using SemaphoreSlim turn = new(1);
        using PeriodicTimer pace = new(Pace, TimeProvider.System);
        foreach (Record[] batch in records.Chunk(BatchSize))
        {
            calls.Add(SendAsync(connection, batch, turn));
            if (calls.Count * BatchSize < records.Count)
            {
                await pace.WaitForNextTickAsync();
            }
        }

        await Task.WhenAll(calls);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Records, their links and first attempts, in one transaction.</summary>
    private List<Record> Store(SqliteConnection connection)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        long hour = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero).AddHours(-1).UtcTicks;
        List<Record> records = [];
        using SqliteTransaction transaction = connection.BeginTransaction();
        using (SqliteCommand due = Statement.Of(
            connection, transaction,
            """
            SELECT m.Id, m.EntitlementId, m.DimensionKey, m.AccruedMinor - m.AllocatedMinor, MAX(i.Id), e.AwsAccountId, e.AwsLicenseArn
            FROM UsageIncrements i JOIN Meters m ON m.Id = i.MeterId JOIN Entitlements e ON e.Id = m.EntitlementId WHERE i.IsOpen GROUP BY m.Id
            """).Command)
        {
            using SqliteDataReader reader = due.ExecuteReader();
            while (reader.Read())
            {
                long quantity = (long)(reader.GetDecimal(3) / 100);
                string payload = string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""{"Timestamp":{{new DateTimeOffset(hour, TimeSpan.Zero).ToUnixTimeSeconds()}},"Dimension":"{{reader.GetString(2)}}","Quantity":{{quantity}},"CustomerAWSAccountId":"{{reader.GetString(5)}}","LicenseArn":"{{reader.GetString(6)}}"}""");
                records.Add(new Record(NewId(), reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(4), quantity, payload));
            }
        }

        using Statement group = Statement.Of(connection, transaction, "INSERT INTO UsageRecordGroups (Id, EntitlementId, WindowStart, WindowEnd, CreatedAt) VALUES ($0, $1, $2, $3, $4)");
        using Statement record = Statement.Of(
            connection, transaction,
            """
            INSERT INTO UsageRecords (Id, MeterId, EntitlementId, Marketplace, DimensionKey, SlotHour, Timestamp, Quantity, UnitPriceMinor, Currency, BatchKey, Payload,
                PayloadSha256, RemainderBeforeMinor, OpenBeforeMinor, RemainderAfterMinor, CreatedAt, Deadline, State, HadUnknownAttempt, AttemptCount, LastAttemptAt,
                OutcomeAssumed, Version)
            VALUES ($0, $1, $2, 'Aws', $3, $4, $4, $5, '100.0', 'USD', 'least', $6, $7, '0.0', '0.0', '0.0', $8, $8, 'Sending', 0, 1, $8, 0, 0)
            """);
        using Statement link = Statement.Of(connection, transaction, "INSERT INTO RecordLinks (RecordId, IncrementId, AmountMinor) VALUES ($0, $1, $2)");
        using Statement attempt = Statement.Of(connection, transaction, "INSERT INTO Attempts (Id, RecordId, Number, CallId, StartedAt) VALUES ($0, $1, 1, $2, $3)");
        using Statement increment = Statement.Of(connection, transaction, "UPDATE UsageIncrements SET OpenMinor = '0.0', IsOpen = 0, GroupId = $1, Version = Version + 1 WHERE Id = $0");
        using Statement meter = Statement.Of(connection, transaction, "UPDATE Meters SET AllocatedMinor = AccruedMinor, LastSlotHour = $1, Version = Version + 1 WHERE Id = $0");
        foreach (Record made in records)
        {
            string groupId = NewId();
            group.Execute(groupId, made.EntitlementId, hour, hour + TimeSpan.TicksPerHour, now.UtcTicks);
            record.Execute(
                made.Id, made.MeterId, made.EntitlementId, made.Dimension, hour, made.Quantity, made.Payload,
                Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(made.Payload))), now.UtcTicks);
            link.Execute(made.Id, made.IncrementId, string.Create(CultureInfo.InvariantCulture, $"{made.Quantity * 100}.0"));
            attempt.Execute(NewId(), made.Id, made.Id, now.UtcTicks);
            increment.Execute(made.IncrementId, groupId);
            meter.Execute(made.MeterId, hour);
        }

        transaction.Commit();
        return records;
    }

    private async Task SendAsync(SqliteConnection connection, Record[] batch, SemaphoreSlim turn)
    {
        byte[] body = Encoding.UTF8.GetBytes($$"""{"UsageRecords":[{{string.Join(',', batch.Select(record => record.Payload))}}]}""");
        using HttpRequestMessage request = new(HttpMethod.Post, _server.Aws) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1") } } };
        KeyValuePair<string, string>[] headers = [new("X-Amz-Target", "AWSMPMeteringService.BatchMeterUsage")];
        foreach ((string name, string value) in headers.Concat(AwsRequestSigner.Sign(
            HttpMethod.Post, _server.Aws, headers, body, new AwsCredentials("AKIDBENCH", "bench"), "us-east-1", _clock.GetUtcNow())))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using HttpResponseMessage response = await _http.SendAsync(request);
        using JsonDocument answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        await turn.WaitAsync();
        try
        {
            Settle(connection, batch, answer);
        }
        finally
        {
            turn.Release();
        }
    }

    private void Settle(SqliteConnection connection, Record[] batch, JsonDocument answer)
    {
        long now = _clock.GetUtcNow().UtcTicks;
        using SqliteTransaction transaction = connection.BeginTransaction();
        using Statement record = Statement.Of(connection, transaction, "UPDATE UsageRecords SET State = 'Accepted', ProviderRecordId = $1, SettledAt = $2, Version = Version + 1 WHERE Id = $0");
        using Statement attempt = Statement.Of(connection, transaction, "UPDATE Attempts SET EndedAt = $1, HttpStatus = 200, Verdict = 'Accepted', Request = $2, Response = $3 WHERE RecordId = $0");
        foreach ((Record sent, JsonElement result) in batch.Zip(answer.RootElement.GetProperty("Results").EnumerateArray()))
        {
            record.Execute(sent.Id, result.GetProperty("MeteringRecordId").GetString()!, now);
            attempt.Execute(sent.Id, now, sent.Payload, result.GetRawText());
        }

        transaction.Commit();
    }

    private string NewId() => Guid.CreateVersion7(_clock.GetUtcNow()).ToString().ToUpperInvariant();

    private SqliteConnection Open() => Statement.Open(_file);

    private sealed record Record(string Id, string MeterId, string EntitlementId, string Dimension, string IncrementId, long Quantity, string Payload);
}
