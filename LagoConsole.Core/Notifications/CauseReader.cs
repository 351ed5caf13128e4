using LagoConsole.Core.Books;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.History;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Money;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Waiting;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Notifications;

/// <summary>Reads from the stored books what <see cref="CauseRules"/> judges.</summary>
public sealed class CauseReader(IDbContextFactory<LagoConsoleDbContext> contexts, WaitingQueries waiting, TimeProvider clock)
{
    /// <summary>Lines of waiting money that are looked at, the nearest deadline first.</summary>
    private const int MostWaiting = 500;

    /// <summary>The longest a marketplace takes a record after its hour, and some: what is due later cannot be at half of its time.</summary>
    private static readonly TimeSpan RecordHorizon = TimeSpan.FromHours(48);

    /// <param name="jobs">Every job as the schedule knows it.</param>
    public async Task<CauseFacts> ReadAsync(IReadOnlyList<JobStatus> jobs, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        WaitingList waits = await waiting.ListAsync(new WaitingFilter(Order: WaitingOrder.Deadline), 0, MostWaiting, cancellationToken);
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        BooksCheck? books = await db.BooksChecks.AsNoTracking().OrderByDescending(check => check.StartedAt).FirstOrDefaultAsync(cancellationToken);
        return new CauseFacts(
            await db.Integrations.Where(integration => integration.Status == IntegrationStatus.VerificationFailed)
                .Select(integration => new UnverifiedIntegration(integration.Id, integration.Name, integration.StatusDetail)).ToListAsync(cancellationToken),
            jobs,
            await NeedingPersonAsync(db, cancellationToken),
            await OpenRecordsAsync(db, now, cancellationToken),
            [.. waits.Rows.Where(row => row.Deadline is not null)
                .Select(row => new WaitingWithDeadline(row.Key.BuyerId, row.BuyerName, row.Currency, row.Minor, row.Deadline!.Value))],
            await (
                from mark in db.HighWaterMarks
                where mark.Hold == HoldReason.Jump
                join period in db.BillingPeriods on mark.PeriodId equals period.Id
                join buyer in db.Buyers on period.BuyerId equals buyer.Id
                orderby mark.HeldSince
                select new HeldJump(mark.Id, buyer.Name, mark.MetricCode, mark.Currency, mark.HeldMinor)).ToListAsync(cancellationToken),
            await db.MarketplaceAccounts.Where(account => account.SecretExpiresAt != null)
                .Select(account => new ExpiringSecret(account.Id, account.Name, account.SecretExpiresAt!.Value)).ToListAsync(cancellationToken),
            books?.FailureCount ?? 0);
    }

    private static async Task<IReadOnlyList<RecordsNeedingPerson>> NeedingPersonAsync(LagoConsoleDbContext db, CancellationToken cancellationToken)
    {
        var groups = await (
            from record in db.UsageRecords
            where record.State == UsageRecordState.Blocked || record.State == UsageRecordState.Conflict || record.State == UsageRecordState.Unresolved
            join entitlement in db.Entitlements on record.EntitlementId equals entitlement.Id
            join product in db.Products on entitlement.ProductId equals product.Id
            group record by new { record.State, ProductId = product.Id, product.Name, record.Marketplace, record.ErrorCode, record.Currency, record.UnitPriceMinor }
            into same
            select new { same.Key, Count = same.Count(), Units = same.Sum(record => record.Quantity), Deadline = same.Min(record => record.Deadline) })
            .ToListAsync(cancellationToken);
        return
        [
            .. groups.GroupBy(row => (row.Key.State, row.Key.ProductId, row.Key.Name, row.Key.Marketplace, row.Key.ErrorCode))
                .Select(rows => new RecordsNeedingPerson(
                    rows.Key.State, rows.Key.ProductId, rows.Key.Name, rows.Key.Marketplace, rows.Key.ErrorCode, rows.Sum(row => row.Count),
                    [.. rows.GroupBy(row => row.Key.Currency, StringComparer.Ordinal).OrderBy(sum => sum.Key, StringComparer.Ordinal)
                        .Select(sum => new CurrencyAmount(sum.Key, sum.Sum(row => row.Units * row.Key.UnitPriceMinor)))],
                    rows.Min(row => row.Deadline))),
        ];
    }

    private static async Task<IReadOnlyList<OpenRecord>> OpenRecordsAsync(LagoConsoleDbContext db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        DateTimeOffset horizon = now + RecordHorizon;
        return await (
            from record in db.UsageRecords
            where (record.State == UsageRecordState.Pending || record.State == UsageRecordState.Sending || record.State == UsageRecordState.Retry
                    || record.State == UsageRecordState.Unknown) && record.Deadline > now && record.Deadline <= horizon
            join entitlement in db.Entitlements on record.EntitlementId equals entitlement.Id
            join product in db.Products on entitlement.ProductId equals product.Id
            select new OpenRecord(
                product.Id, product.Name, record.Marketplace, record.Currency, record.Quantity, record.UnitPriceMinor, record.CreatedAt, record.Deadline))
            .ToListAsync(cancellationToken);
    }
}
