using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Integrations;

/// <summary>Reads what a deletion would touch. Decimals are added here, not in SQL: SQLite would add them as floating point (R1).</summary>
internal static class UnreportedMoneyReader
{
    public static async Task<DeletePreview> ReadAsync(LagoConsoleDbContext db, Integration integration, CancellationToken cancellationToken)
    {
        Guid id = integration.Id;
        List<UnreportedMoney> money = await ReadMoneyAsync(db, id, cancellationToken);
        return new DeletePreview(
            id,
            integration.Name,
            money,
            await db.BuyerLinks.CountAsync(link => link.IntegrationId == id, cancellationToken),
            await Snapshots(db, id).CountAsync(cancellationToken),
            await db.UsageIncrements.CountAsync(increment => increment.IntegrationId == id, cancellationToken),
            await db.RecordLinks
                .Where(link => db.UsageIncrements.Any(increment => increment.Id == link.IncrementId && increment.IntegrationId == id))
                .Select(link => link.RecordId).Distinct().CountAsync(cancellationToken),
            await db.BillingPeriods.CountAsync(
                period => period.IntegrationId == id && period.State != Polling.BillingPeriodState.Closed, cancellationToken),
            integration.LastPollStartedAt,
            Stamp(integration.Name, money));
    }

    public static IQueryable<Polling.UsageSnapshot> Snapshots(LagoConsoleDbContext db, Guid integrationId) => db.UsageSnapshots
        .Where(snapshot => db.BillingPeriods.Any(period => period.Id == snapshot.PeriodId && period.IntegrationId == integrationId));

    private static async Task<List<UnreportedMoney>> ReadMoneyAsync(LagoConsoleDbContext db, Guid id, CancellationToken cancellationToken)
    {
        Dictionary<(Guid BuyerId, string MetricCode, string Currency), UnreportedMoney> lines = [];

        await foreach (var open in db.UsageIncrements.AsNoTracking().WhereOpen()
            .Where(increment => increment.IntegrationId == id)
            .Join(db.Buyers, increment => increment.BuyerId, buyer => buyer.Id, (increment, buyer) => new
            {
                increment.BuyerId,
                buyer.Name,
                increment.MetricCode,
                increment.Currency,
                increment.MeterId,
                increment.OpenMinor,
            })
            .AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            UnreportedMoney line = Line(open.BuyerId, open.Name, open.MetricCode, open.Currency);
            Put(open.MeterId is null
                ? line with { WaitingMinor = line.WaitingMinor + open.OpenMinor }
                : line with { OnMetersMinor = line.OnMetersMinor + open.OpenMinor });
        }

        await foreach (var linked in (
            from link in db.RecordLinks.AsNoTracking()
            join record in db.UsageRecords on link.RecordId equals record.Id
            join increment in db.UsageIncrements on link.IncrementId equals increment.Id
            join buyer in db.Buyers on increment.BuyerId equals buyer.Id
            where increment.IntegrationId == id
                && record.State != UsageRecordState.Accepted && record.State != UsageRecordState.Void
            select new { increment.BuyerId, buyer.Name, increment.MetricCode, increment.Currency, link.AmountMinor })
            .AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            UnreportedMoney line = Line(linked.BuyerId, linked.Name, linked.MetricCode, linked.Currency);
            Put(line with { OnRecordsMinor = line.OnRecordsMinor + linked.AmountMinor });
        }

        return [.. lines.Values
            .OrderBy(line => line.BuyerName, StringComparer.Ordinal)
            .ThenBy(line => line.MetricCode, StringComparer.Ordinal)
            .ThenBy(line => line.Currency, StringComparer.Ordinal)
            .ThenBy(line => line.BuyerId)];

        UnreportedMoney Line(Guid buyerId, string name, string metricCode, string currency) =>
            lines.TryGetValue((buyerId, metricCode, currency), out UnreportedMoney? known)
                ? known
                : new UnreportedMoney(buyerId, name, metricCode, currency, 0, 0, 0);

        void Put(UnreportedMoney line) => lines[(line.BuyerId, line.MetricCode, line.Currency)] = line;
    }

    // Only what is decided on is part of it: a record that settles meanwhile takes nothing from the decision.
    private static string Stamp(string name, List<UnreportedMoney> money)
    {
        StringBuilder text = new(name);
        foreach (UnreportedMoney line in money.Where(line => line.OpenMinor > 0))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{line.BuyerId:N} {line.MetricCode} {line.Currency} {line.WaitingMinor:0.######} {line.OnMetersMinor:0.######}");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
