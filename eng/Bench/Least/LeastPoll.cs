using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using LagoConsole.Bench.Servers;
using Microsoft.Data.Sqlite;

namespace LagoConsole.Bench.Least;

/// <summary>
/// The least that any program must do for an hourly poll: read what it knows, ask Lago once for each subscription, and write the
/// rows of what changed in one transaction. Bare clients, no rule, no retry, nothing that could go wrong is looked at.
/// </summary>
internal sealed class LeastPoll : IDisposable
{
    private static readonly ParallelOptions AtOnce = new() { MaxDegreeOfParallelism = 64 };

    private readonly string _file;
    private readonly HttpClient _http;
    private readonly BenchClock _clock;

    /// <param name="database">The console's, which is copied: each has its own.</param>
    public LeastPoll(ServerProcess server, string database, BenchClock clock)
    {
        _clock = clock;
        _file = Path.Combine(Path.GetDirectoryName(database)!, "least.db");
        _http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AutomaticDecompression = System.Net.DecompressionMethods.All })
        {
            BaseAddress = new Uri(server.Address, "/api/v1/"),
            DefaultRequestHeaders = { { "Authorization", "Bearer bench" } },
        };
        using SqliteConnection from = new($"Data Source={database}");
        using SqliteConnection to = Open();
        from.Open();
        from.BackupDatabase(to);
    }

    public async Task RunAsync()
    {
        Dictionary<string, List<Known>> known = Read();
        ConcurrentQueue<Change> changes = [];
        string now = Ticks();
        await Parallel.ForEachAsync(await ListAsync(), AtOnce, async (subscription, cancellationToken) =>
        {
            CurrentUsage usage = await GetAsync($"customers/{subscription.ExternalCustomerId}/current_usage?external_subscription_id={subscription.ExternalId}", LeastJson.Default.CurrentUsage, cancellationToken);
            if (known.TryGetValue(subscription.LagoId, out List<Known>? keys))
            {
                foreach (ChargeUsage line in usage.CustomerUsage.ChargesUsage)
                {
                    if (keys.Find(key => key.MetricCode == line.BillableMetric.Code) is { } key && key.LastTotalMinor != line.AmountCents)
                    {
                        changes.Enqueue(new Change(key, line));
                    }
                }
            }
        });
        Write(changes, now);
    }

    public void Dispose() => _http.Dispose();

    private async Task<IReadOnlyCollection<Subscription>> ListAsync()
    {
        Subscriptions first = await PageAsync(1, CancellationToken.None);
        ConcurrentBag<Subscription> all = [.. first.Rows];
        await Parallel.ForEachAsync(Enumerable.Range(2, Math.Max(0, first.Meta.TotalPages - 1)), AtOnce, async (page, cancellationToken) =>
        {
            foreach (Subscription row in (await PageAsync(page, cancellationToken)).Rows)
            {
                all.Add(row);
            }
        });
        return all;

        Task<Subscriptions> PageAsync(int page, CancellationToken cancellationToken) => GetAsync(
            string.Create(CultureInfo.InvariantCulture, $"subscriptions?page={page}&per_page=100"), LeastJson.Default.Subscriptions, cancellationToken);
    }

    private async Task<T> GetAsync<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        await _http.GetFromJsonAsync(path, type, cancellationToken) ?? throw new JsonException("null");

    private Dictionary<string, List<Known>> Read()
    {
        Dictionary<string, List<Known>> known = new(StringComparer.Ordinal);
        using SqliteConnection connection = Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT p.SubscriptionLagoId, m.Id, m.PeriodId, m.MetricCode, m.LastTotalMinor, p.BuyerId, p.IntegrationId
            FROM BillingPeriods p JOIN HighWaterMarks m ON m.PeriodId = p.Id WHERE p.State = 'Open'
            """;
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            string subscription = reader.GetString(0);
            if (!known.TryGetValue(subscription, out List<Known>? keys))
            {
                known[subscription] = keys = [];
            }

            keys.Add(new Known(reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4), reader.GetString(5), reader.GetString(6)));
        }

        return known;
    }

    /// <summary>The same rows as the console writes, in one transaction.</summary>
    private void Write(IReadOnlyCollection<Change> changes, string now)
    {
        using SqliteConnection connection = Open();
        using SqliteTransaction transaction = connection.BeginTransaction();
        Dictionary<string, (string Id, decimal Accrued, long Count)> meters = new(StringComparer.Ordinal);
        if (changes.Count > 0)
        {
            using Statement read = Of("SELECT e.BuyerId, m.Id, m.AccruedMinor, m.IncrementCount FROM Meters m JOIN Entitlements e ON e.Id = m.EntitlementId");
            using SqliteDataReader reader = read.Command.ExecuteReader();
            while (reader.Read())
            {
                meters[reader.GetString(0)] = (reader.GetString(1), reader.GetDecimal(2), reader.GetInt64(3));
            }
        }

        using Statement snapshot = Of("INSERT INTO UsageSnapshots (PeriodId, MetricCode, TotalMinor, Currency, TakenAt, Source, Charges) VALUES ($0, $1, $2, 'USD', $3, 'Poll', $4)");
        using Statement mark = Of("UPDATE HighWaterMarks SET AmountMinor = $1, LastTotalMinor = $1, HighestTotalMinor = $1, LastTotalAt = $2, LastCharges = $3 WHERE Id = $0");
        using Statement increment = Of(
            """
            INSERT INTO UsageIncrements (Id, MarkId, IntegrationId, BuyerId, MetricCode, Currency, FromMinor, ToMinor, AmountMinor, SeenAt, Source, MeterId, WaivedMinor,
                BilledBeforeRestoreMinor, OpenMinor, IsOpen, ReportRegardless, MeterSequence, Version)
            VALUES ($0, $1, $2, $3, $4, 'USD', $5, $6, $7, $8, 'Poll', $9, '0.0', '0.0', $10, 1, 0, $11, 0)
            """);
        using Statement meter = Of("UPDATE Meters SET AccruedMinor = $1, IncrementCount = $2, Version = Version + 1 WHERE Id = $0");
        using Statement period = Of("UPDATE BillingPeriods SET LastSnapshotAt = $1, Version = Version + 1 WHERE Id = $0");
        foreach (IGrouping<string, Change> ofPeriod in changes.GroupBy(change => change.Key.PeriodId, StringComparer.Ordinal))
        {
            string buyer = ofPeriod.First().Key.BuyerId;
            (string meterId, decimal accrued, long count) = meters[buyer];
            foreach ((Known key, ChargeUsage line) in ofPeriod)
            {
                string charges = JsonSerializer.Serialize([new ChargePart(line.Charge.LagoId, line.Charge.ChargeModel, line.AmountCents)], LeastJson.Default.ChargePartArray);
                snapshot.Execute(key.PeriodId, key.MetricCode, line.AmountCents, now, charges);
                mark.Execute(key.Id, line.AmountCents, now, charges);
                long grown = line.AmountCents - key.LastTotalMinor;
                accrued += grown;
                count++;
                increment.Execute(
                    Guid.CreateVersion7(_clock.GetUtcNow()).ToString().ToUpperInvariant(), key.Id, key.IntegrationId, key.BuyerId, key.MetricCode, key.LastTotalMinor, line.AmountCents, grown, now,
                    meterId, string.Create(CultureInfo.InvariantCulture, $"{grown}.0"), count);
            }

            meter.Execute(meterId, string.Create(CultureInfo.InvariantCulture, $"{accrued:0.0}"), count);
            period.Execute(ofPeriod.Key, now);
        }

        using Statement integration = Of("UPDATE Integrations SET LastPollStartedAt = $0, LastPollFinishedAt = $0");
        integration.Execute(now);
        transaction.Commit();

        Statement Of(string sql) => Statement.Of(connection, transaction, sql);
    }

    private string Ticks() => _clock.GetUtcNow().UtcTicks.ToString(CultureInfo.InvariantCulture);

    private SqliteConnection Open() => Statement.Open(_file);

    private sealed record Known(string Id, string PeriodId, string MetricCode, long LastTotalMinor, string BuyerId, string IntegrationId);

    private sealed record Change(Known Key, ChargeUsage Line);
}

internal sealed record CurrentUsage(Usage CustomerUsage);

internal sealed record Usage(DateTimeOffset FromDatetime, DateTimeOffset ToDatetime, string Currency, ChargeUsage[] ChargesUsage);

internal sealed record ChargeUsage(long AmountCents, Charge Charge, Metric BillableMetric);

internal sealed record Charge(string LagoId, string ChargeModel);

internal sealed record Metric(string Code);

internal sealed record Subscriptions([property: JsonPropertyName("subscriptions")] Subscription[] Rows, Meta Meta);

internal sealed record Subscription(string LagoId, string ExternalId, string ExternalCustomerId, string Status, DateTimeOffset? TerminatedAt);

internal sealed record Meta(int TotalPages);

internal sealed record ChargePart([property: JsonPropertyName("ChargeLagoId")] string ChargeLagoId, [property: JsonPropertyName("ChargeModel")] string ChargeModel, [property: JsonPropertyName("AmountMinor")] long AmountMinor);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CurrentUsage))]
[JsonSerializable(typeof(Subscriptions))]
[JsonSerializable(typeof(ChargePart[]))]
internal sealed partial class LeastJson : JsonSerializerContext;
