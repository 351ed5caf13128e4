using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Books;

/// <summary>
/// Checks every identity of the books (R14) over the whole database, as it was at one instant. Reads what is stored and
/// believes none of its sums; changes nothing, and nobody waits for it. Its memory does not grow with the database.
/// </summary>
public sealed class BooksAuditor(IDbContextFactory<LagoConsoleDbContext> contexts, TimeProvider clock)
{
    /// <summary>Failures that are kept of one check; all are counted.</summary>
    public const int MostFailures = 1_000;

    public Task<BooksReport> CheckAsync(IProgress<BooksProgress>? progress, CancellationToken cancellationToken) =>
        DatabaseView.ReadAsync(contexts, db => CheckAsync(db, progress, cancellationToken), cancellationToken);

    private async Task<BooksReport> CheckAsync(LagoConsoleDbContext db, IProgress<BooksProgress>? progress, CancellationToken cancellationToken)
    {
        DateTimeOffset startedAt = clock.GetUtcNow();
        BooksView view = new(db, startedAt, progress);
        await view.CountAsync(cancellationToken);
        await KeyPass.RunAsync(view, cancellationToken);
        await MeterPass.RunAsync(view, cancellationToken);
        await RecordPass.RunAsync(view, cancellationToken);
        IReadOnlyList<CurrencySums> sums = await BooksSums.ReadAsync(db, cancellationToken);
        foreach (CurrencySums sum in sums)
        {
            view.Report(BooksRules.Sums(sum));
        }

        return new BooksReport(
            startedAt, clock.GetUtcNow(), view.Keys, view.Increments, view.Meters, view.Records, sums,
            view.FailureCount, await NameAsync(db, view.Failures, cancellationToken),
            [.. view.Due.Values.OrderBy(due => due.Currency, StringComparer.Ordinal)]);
    }

    /// <summary>Says of whom and what each failure is.</summary>
    private static async Task<IReadOnlyList<BooksFailure>> NameAsync(
        LagoConsoleDbContext db, IReadOnlyList<BooksFailure> failures, CancellationToken cancellationToken)
    {
        List<Guid> keyIds = [.. failures.Where(failure => failure.Subject is BooksSubject.Key or BooksSubject.Increment)
            .Select(failure => failure.KeyId ?? failure.Id).Distinct()];
        List<Guid> otherIds = [.. failures.Where(failure => failure.Subject is BooksSubject.Meter or BooksSubject.Record)
            .Select(failure => failure.Id).Distinct()];
        Dictionary<Guid, (Guid BuyerId, string Name)> names = [];
        var keys =
            from mark in db.HighWaterMarks
            join period in db.BillingPeriods on mark.PeriodId equals period.Id
            join buyer in db.Buyers on period.BuyerId equals buyer.Id
            where keyIds.Contains(mark.Id)
            select new { mark.Id, BuyerId = buyer.Id, buyer.Name, period.SubscriptionExternalId, mark.MetricCode, period.PeriodStart };
        foreach (var key in await keys.ToListAsync(cancellationToken))
        {
            names[key.Id] = (key.BuyerId, $"{key.Name}, {key.SubscriptionExternalId}, {key.MetricCode}, period from {key.PeriodStart.UtcDateTime:yyyy-MM-dd}");
        }

        var meters =
            from meter in db.Meters
            join entitlement in db.Entitlements on meter.EntitlementId equals entitlement.Id
            join buyer in db.Buyers on entitlement.BuyerId equals buyer.Id
            where otherIds.Contains(meter.Id)
            select new { meter.Id, BuyerId = buyer.Id, buyer.Name, meter.DimensionKey };
        foreach (var meter in await meters.ToListAsync(cancellationToken))
        {
            names[meter.Id] = (meter.BuyerId, $"{meter.Name}, {meter.DimensionKey}");
        }

        var records =
            from record in db.UsageRecords
            join entitlement in db.Entitlements on record.EntitlementId equals entitlement.Id
            join buyer in db.Buyers on entitlement.BuyerId equals buyer.Id
            where otherIds.Contains(record.Id)
            select new { record.Id, BuyerId = buyer.Id, buyer.Name, record.DimensionKey, record.SlotHour };
        foreach (var record in await records.ToListAsync(cancellationToken))
        {
            names[record.Id] = (record.BuyerId, $"{record.Name}, {record.DimensionKey}, hour {record.SlotHour.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
        }

        return
        [
            .. failures.Select(failure => names.TryGetValue(failure.KeyId ?? failure.Id, out (Guid BuyerId, string Name) known)
                ? failure with { BuyerId = known.BuyerId, Name = known.Name }
                : failure),
        ];
    }
}
