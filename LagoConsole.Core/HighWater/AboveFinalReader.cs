using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.HighWater;

/// <summary>A key that ended below its mark.</summary>
/// <param name="AboveMinor">What was billed above Lago's final total (R19).</param>
/// <param name="WentOn">
/// Its units were carried to the subscription that an upgrade made (T7): they are not on this invoice because they are on the
/// next one, and nothing is billed above a final.
/// </param>
internal sealed record EndedKey(Guid MarkId, string Currency, decimal AboveMinor, bool WentOn);

/// <summary>Finds what was billed above Lago's final totals (R19).</summary>
internal static class AboveFinalReader
{
    /// <summary>Keys closed by an invoice that shows less than their mark.</summary>
    public static IQueryable<HighWaterMark> Candidates(LagoConsoleDbContext db) =>
        from mark in db.HighWaterMarks.AsNoTracking()
        join period in db.BillingPeriods on mark.PeriodId equals period.Id
        where period.State == BillingPeriodState.Closed && period.FinalInvoiceLagoId != null
            && mark.LastTotalMinor < mark.AmountMinor && mark.BaselineMinor < mark.AmountMinor
        select mark;

    public static async Task<IReadOnlyList<EndedKey>> ReadAsync(
        LagoConsoleDbContext db, IQueryable<HighWaterMark> candidates, CancellationToken cancellationToken)
    {
        var keys = await candidates
            .Join(db.BillingPeriods.AsNoTracking(), mark => mark.PeriodId, period => period.Id, (mark, period) => new { Mark = mark, Period = period })
            .ToListAsync(cancellationToken);
        if (keys.Count == 0)
        {
            return [];
        }

        ILookup<Guid, CountedRise> rises = (await candidates
            .Join(db.UsageIncrements.AsNoTracking(), mark => mark.Id, increment => increment.MarkId, (mark, increment) => new { mark.LastTotalMinor, Increment = increment })
            .Where(row => row.Increment.ToMinor > row.LastTotalMinor)
            .Select(row => new
            {
                row.Increment.MarkId,
                row.Increment.FromMinor,
                row.Increment.ToMinor,
                row.Increment.WaivedMinor,
                row.Increment.OpenMinor,
                Waits = row.Increment.MeterId == null,
            })
            .ToListAsync(cancellationToken))
            .ToLookup(row => row.MarkId, row => new CountedRise(row.FromMinor, row.ToMinor, row.WaivedMinor + (row.Waits ? row.OpenMinor : 0)));
        var carried = await (
            from mark in db.HighWaterMarks.AsNoTracking()
            join period in db.BillingPeriods on mark.PeriodId equals period.Id
            where mark.BaselineOrigin == BaselineOrigin.Carried
            select new { mark.MetricCode, mark.Currency, period.SubscriptionExternalId, period.LagoCustomerId, period.PeriodStart, period.PeriodEnd })
            .ToListAsync(cancellationToken);
        return
        [
            .. keys.Select(key =>
            {
                bool wentOn = carried.Exists(later => later.MetricCode == key.Mark.MetricCode && later.Currency == key.Mark.Currency
                    && later.SubscriptionExternalId == key.Period.SubscriptionExternalId && later.LagoCustomerId == key.Period.LagoCustomerId
                    && PeriodSuccession.Of(key.Period, later.PeriodStart, later.PeriodEnd, isUpgrade: true) == Succession.Upgrade);
                return new EndedKey(
                    key.Mark.Id, key.Mark.Currency, wentOn ? 0 : AboveFinal.Of(key.Mark.LastTotalMinor, rises[key.Mark.Id]), wentOn);
            }),
        ];
    }
}
